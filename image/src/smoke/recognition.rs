//! Decides whether models run where the board's file says, and answer freshly.

use serde::Deserialize;

use super::status::Status;

/// What status must call the thing that runs models: the board's file names the soft runtime.
const BACKEND: &str = "rknn (soft runtime)";
/// No answer may be older: far above what an emulated processor on a busy host needs for one, and
/// far below the time for which a model that stands still would be believed.
const OLDEST_MS: f64 = 1000.0;

/// `GET /v1/state`, as far as models go.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct State {
    /// Null, or absent, while no model has answered.
    #[serde(default)]
    activation: Option<Activation>,
}

#[derive(Clone, Debug, Deserialize)]
struct Activation {
    #[serde(default)]
    situation: Option<String>,
    #[serde(default)]
    situation_confidence: Option<f64>,
    #[serde(default)]
    feeling: Option<String>,
    #[serde(default)]
    feeling_confidence: Option<f64>,
    #[serde(default)]
    age_ms: Option<f64>,
}

/// That models run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Recognition {
    pub(super) backend: String,
    /// How old the newest answer was when it was asked for.
    pub(super) age_ms: f64,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum RecognitionFault {
    #[error("`npu.backend` of /v1/status is empty: nothing runs models")]
    NoBackend,
    #[error(
        "models run on `{0}`, not on `{BACKEND}`: either /usr/lib/triune/librknnrt-soft.so could not \
         be used, which the log says, or the board's file names another library"
    )]
    OtherBackend(String),
    #[error(
        "/v1/state has no `activation`: no model has answered, or the service is too old to say"
    )]
    NoActivation,
    #[error("`activation.{0}` of /v1/state is missing, or no number that it can be")]
    Field(&'static str),
    #[error("the newest activation is {0:.0} ms old; more than {OLDEST_MS} ms is no answer to now")]
    Stale(f64),
}

/// The verdict, or the first thing that speaks against one.
pub(super) fn judge(status: &Status, state: &State) -> Result<Recognition, RecognitionFault> {
    let backend = status
        .npu
        .backend
        .as_deref()
        .filter(|name| !name.is_empty())
        .ok_or(RecognitionFault::NoBackend)?;
    if backend != BACKEND {
        return Err(RecognitionFault::OtherBackend(backend.to_owned()));
    }
    let activation = state
        .activation
        .as_ref()
        .ok_or(RecognitionFault::NoActivation)?;
    for (field, label) in [
        ("situation", &activation.situation),
        ("feeling", &activation.feeling),
    ] {
        if label.as_deref().is_none_or(str::is_empty) {
            return Err(RecognitionFault::Field(field));
        }
    }
    for (field, confidence) in [
        ("situation_confidence", activation.situation_confidence),
        ("feeling_confidence", activation.feeling_confidence),
    ] {
        if !confidence.is_some_and(|value| (0.0..=1.0).contains(&value)) {
            return Err(RecognitionFault::Field(field));
        }
    }
    let age_ms = activation
        .age_ms
        .filter(|age| *age >= 0.0)
        .ok_or(RecognitionFault::Field("age_ms"))?;
    if age_ms > OLDEST_MS {
        return Err(RecognitionFault::Stale(age_ms));
    }
    Ok(Recognition {
        backend: backend.to_owned(),
        age_ms,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn status(npu: &Value) -> Status {
        serde_json::from_value(json!({
            "cycle": {"rate_hz": 250, "hz": 250.0, "scheduled": 10, "cycles": 10, "skipped": 0,
                      "overruns": 0, "lateness_us": {"p50": 60, "p99": 900, "max": 1200}},
            "senses": {"hearing": {"state": "present"}, "sight": {"state": "present"}},
            "npu": npu, "gpu": {},
        }))
        .unwrap()
    }

    fn activation() -> Value {
        json!({"situation": "conversation", "situation_confidence": 0.83, "feeling": "calm",
               "feeling_confidence": 0.7, "pattern": null, "age_ms": 4.0})
    }

    fn verdict(npu: &Value, state: Value) -> Result<Recognition, RecognitionFault> {
        judge(&status(npu), &serde_json::from_value(state).unwrap())
    }

    fn with_soft_runtime(state: Value) -> Result<Recognition, RecognitionFault> {
        verdict(&json!({"backend": "rknn (soft runtime)"}), state)
    }

    #[test]
    fn a_fresh_answer_through_the_soft_runtime_passes() {
        let answer = with_soft_runtime(json!({"being": 1, "activation": activation()}));
        assert_eq!(
            answer,
            Ok(Recognition {
                backend: BACKEND.to_owned(),
                age_ms: 4.0
            })
        );
    }

    #[test]
    fn a_model_that_runs_elsewhere_is_found_out_and_named() {
        for other in ["cpu (onnxruntime 1.31.1)", "cpu (rten 0.27)", "rknn"] {
            let fault = verdict(
                &json!({"backend": other}),
                json!({"activation": activation()}),
            )
            .unwrap_err();
            assert_eq!(fault, RecognitionFault::OtherBackend(other.to_owned()));
            assert!(fault.to_string().contains(other), "{fault}");
        }
        for nothing in [json!({}), json!({"backend": null}), json!({"backend": ""})] {
            let fault = verdict(&nothing, json!({"activation": activation()})).unwrap_err();
            assert_eq!(fault, RecognitionFault::NoBackend);
        }
    }

    #[test]
    fn no_answer_is_no_activation_whatever_status_says() {
        for state in [json!({}), json!({"activation": null})] {
            let fault = with_soft_runtime(state).unwrap_err();
            assert_eq!(fault, RecognitionFault::NoActivation);
            assert!(
                fault.to_string().contains("no model has answered"),
                "{fault}"
            );
        }
    }

    #[test]
    fn each_missing_or_impossible_field_is_named() {
        let missing = [
            "situation",
            "situation_confidence",
            "feeling",
            "feeling_confidence",
            "age_ms",
        ];
        let cases = missing
            .map(|field| (field, Value::Null))
            .into_iter()
            .chain([
                ("situation", json!("")),
                ("situation_confidence", json!(1.5)),
                ("feeling_confidence", json!(-0.1)),
                ("age_ms", json!(-4.0)),
            ]);
        for (field, value) in cases {
            let mut activation = activation();
            activation[field] = value;
            let fault = with_soft_runtime(json!({ "activation": activation })).unwrap_err();
            assert_eq!(fault, RecognitionFault::Field(field));
            assert!(fault.to_string().contains(field), "{fault}");
        }
    }

    #[test]
    fn an_old_answer_is_found_out() {
        let mut activation = activation();
        activation["age_ms"] = json!(60_000.0);
        assert_eq!(
            with_soft_runtime(json!({ "activation": activation })),
            Err(RecognitionFault::Stale(60_000.0))
        );
    }
}
