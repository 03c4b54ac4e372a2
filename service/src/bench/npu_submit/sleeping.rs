//! A backend that only sleeps: it shows what the scheduler does with lanes, and nothing of any device.

use std::time::{Duration, Instant};
use triune_npu::scheduler::ModelSource;
use triune_npu::{
    Backend, FileFormat, LoadError, Manifest, Model, ModelDescription, ModelHash, RunError,
    TensorMut, TensorRef, Timing, check_call, check_file,
};

/// How long each run sleeps.
const SLEEP: Duration = Duration::from_millis(2);

const FILE: &[u8] = b"sleeping";

/// Sleeps on so many lanes at once.
pub(super) struct Sleeping(pub(super) usize);

struct Sleeper(ModelDescription);

/// Its one model.
pub(super) fn sleeper() -> Result<ModelSource, String> {
    let tensor = "shape = [1, 1]\nelement = \"f32\"\n";
    let text = format!(
        "format = 2\nname = \"sleeper\"\nversion = \"1.0.0\"\nlicence = \"MIT OR Apache-2.0\"\n\
         training = \"none\"\n[[files]]\nfile = \"sleeper.onnx\"\nformat = \"onnx\"\n\
         precision = \"f32\"\nsha256 = \"{}\"\n[[inputs]]\nname = \"in\"\n{tensor}\
         [[outputs]]\nname = \"out\"\n{tensor}",
        ModelHash::of(FILE)
    );
    let manifest = Manifest::parse(&text).map_err(|error| error.to_string())?;
    Ok(ModelSource::new(manifest, FILE))
}

impl Backend for Sleeping {
    fn name(&self) -> &str {
        "sleeping 2 ms"
    }

    fn formats(&self) -> &[FileFormat] {
        &[FileFormat::Onnx]
    }

    fn lanes(&self) -> usize {
        self.0
    }

    fn load(&self, bytes: &[u8], manifest: &Manifest) -> Result<Box<dyn Model>, LoadError> {
        let file = check_file(self.name(), self.formats(), bytes, manifest)?;
        Ok(Box::new(Sleeper(ModelDescription {
            name: manifest.name.clone(),
            hash: file.sha256,
            inputs: manifest.inputs.clone(),
            outputs: manifest.outputs.clone(),
        })))
    }
}

impl Model for Sleeper {
    fn describe(&self) -> &ModelDescription {
        &self.0
    }

    fn run(
        &mut self,
        inputs: &[TensorRef<'_>],
        outputs: &mut [TensorMut<'_>],
    ) -> Result<Timing, RunError> {
        check_call(&self.0, inputs, outputs)?;
        let began = Instant::now();
        std::thread::sleep(SLEEP);
        let total = began.elapsed();
        Ok(Timing {
            total,
            compute: total,
        })
    }
}
