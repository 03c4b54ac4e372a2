//! The command line.

mod arguments;
mod kernel;
mod model;
mod patterns;

pub use arguments::{
    Arguments, BenchArguments, Command, ConsentArguments, DoctorArguments, DoctorPart,
    FileArguments, RecordArguments, ReplayArguments, RunArguments, ServeArguments, StatusArguments,
};
pub use kernel::{
    AskArguments, BeingsAction, BeingsArguments, BurstAction, BurstArguments, FaultsArguments,
    KernelArguments, MemoryAction, MemoryArguments, ParametersArguments, RecallArguments,
    TellArguments,
};
pub use model::{ModelAction, ModelAddArguments, ModelArguments, ModelPlace};
pub use patterns::{PatternsAction, PatternsArguments};
