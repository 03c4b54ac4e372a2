//! What every backend must do, as one suite: run it over each backend with a few specimens.

mod calls;
mod loading;
mod results;
mod specimen;
mod violation;

pub use specimen::Specimen;
pub use violation::Violation;

use crate::backend::Backend;

/// Holds a backend to the contract of [`crate::Backend`] and [`crate::Model`], with one
/// specimen: a model whose results are known.
///
/// # Errors
/// Every [`Violation`] that was found; an empty list is never returned.
pub fn check_backend(backend: &dyn Backend, specimen: &Specimen) -> Result<(), Vec<Violation>> {
    let mut violations = Vec::new();
    loading::check(backend, specimen, &mut violations);
    match backend.load(&specimen.bytes, &specimen.manifest) {
        Ok(mut model) => {
            results::check(model.as_mut(), specimen, &mut violations);
            calls::check(model.as_mut(), specimen, &mut violations);
            // After all refusals it must still give the same results, and on any thread.
            let moved = std::thread::scope(|scope| {
                let moved = scope.spawn(|| {
                    let mut violations = Vec::new();
                    results::check(model.as_mut(), specimen, &mut violations);
                    violations
                });
                moved.join()
            });
            match moved {
                Ok(found) => violations.extend(found),
                Err(_) => violations.push(Violation::new("another thread", "running panicked")),
            }
        }
        Err(error) => violations.push(Violation::new("load", format!("was refused: {error}"))),
    }
    if violations.is_empty() {
        Ok(())
    } else {
        Err(violations)
    }
}
