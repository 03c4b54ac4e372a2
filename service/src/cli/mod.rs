//! The command line.

mod arguments;

pub use arguments::{
    Arguments, BenchArguments, Command, ConsentArguments, DoctorArguments, DoctorPart,
    FileArguments, RecordArguments, ReplayArguments, ServeArguments, StatusArguments,
};
