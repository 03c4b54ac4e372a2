//! Bursts, where none begins by itself.

use super::home::{Home, wait_for};
use crate::kernel_api::{BeingMode, KernelError, KernelSource as _};
use triune_core::BeingId;
use triune_engine::BurstSettings;

const SECOND: u64 = 1_000_000_000;

#[test]
fn a_burst_begins_and_ends_when_it_is_asked_to() {
    let burst = BurstSettings {
        steady_beings: 1,
        burst_beings: 2,
        longest: 3_600 * SECOND,
        rest: 1,
        rate: None,
        cost_limit: 90,
        by_itself: false,
    };
    let home = Home::begin_with(tempfile::tempdir().expect("a folder"), Some(burst));
    let household = &home.household;
    let refused = household.end_burst().expect_err("none lasts");
    assert!(matches!(refused, KernelError::Refused { .. }), "{refused}");
    let refused = household.start_burst().expect_err("nobody waits");
    assert!(refused.to_string().contains("no being waits"), "{refused}");

    let being = household.make(None).expect("room");
    let mode = |being| household.being(being).expect("there").mode;
    wait_for("it waits", || mode(being) == BeingMode::Waiting);
    assert_eq!(household.kernel().burst.bursts, 0, "one began by itself");
    assert!(household.start_burst().expect("it begins").burst.active);
    let refused = household.start_burst().expect_err("one lasts");
    assert!(matches!(refused, KernelError::Refused { .. }), "{refused}");
    wait_for("it cycles", || {
        household.being(being).expect("there").cycle > 10
    });
    assert_eq!(mode(BeingId::FIRST), BeingMode::Awake);
    assert!(!household.end_burst().expect("it ends").burst.active);
    assert_eq!(household.kernel().burst.bursts, 1);
    wait_for("it waits again", || mode(being) == BeingMode::Waiting);
}
