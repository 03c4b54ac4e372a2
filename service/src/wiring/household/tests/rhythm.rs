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
    // A burst ends by itself where a busy machine makes cycles long: then another is asked for.
    wait_for("who waits cycles", || {
        let _ = household.start_burst();
        household.being(being).expect("there").cycle > 10
    });
    wait_for("a second one is refused while one lasts", || {
        let _ = household.start_burst();
        let refused = household.start_burst();
        refused.is_err_and(|why| why.to_string().contains("lasts"))
    });
    assert_eq!(mode(BeingId::FIRST), BeingMode::Awake);
    wait_for("it is ended when that is asked for", || {
        let _ = household.start_burst();
        household
            .end_burst()
            .is_ok_and(|kernel| !kernel.burst.active)
    });
    assert!(household.kernel().burst.bursts > 0);
    wait_for("it waits again", || mode(being) == BeingMode::Waiting);
}
