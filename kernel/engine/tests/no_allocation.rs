//! The cycle thread allocates and frees nothing once it runs, whatever it is asked.
#![allow(missing_docs)]
use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use triune_core::*;
use triune_engine::*;

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

struct Steady;

impl PerceptSource for Steady {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.hearing.level = Judgement::fresh(-((now.0 % 90) as f32), 1.0);
        percept.hearing.speech = Judgement::fresh((now.0 % 10) as f32 / 10.0, 1.0);
    }
}

struct Talk(MockClock);

impl BeingPort for Talk {
    fn sample(&mut self, now: Timestamp, percept: &mut Percept) {
        percept.told = ToldPercept {
            tokens: [now.0; 16],
            count: 16,
            confidence: 1.0,
            age: 0,
        };
        // Now and then a deadline is lost.
        self.0.advance(if now.0.is_multiple_of(977) {
            3_000_000
        } else {
            1_000
        });
    }
    fn accept(&mut self, _state: &State, _outputs: &Outputs) {}
}

struct Rings {
    entries: rtrb::Producer<Entry>,
    overruns: rtrb::Producer<Overrun>,
    events: rtrb::Producer<KernelEvent>,
}

impl CycleSink for Rings {
    fn wants_record(&self) -> bool {
        true
    }
    fn record(&mut self, entry: &Entry) {
        let _ = self.entries.push(*entry);
    }
    fn overrun(&mut self, overrun: Overrun) {
        let _ = self.overruns.push(overrun);
    }
    fn event(&mut self, _at: Timestamp, event: KernelEvent) {
        let _ = self.events.push(event);
    }
}

/// Never in time with the words.
struct Tardy;

impl Executor for Tardy {
    fn run(&mut self, works: &mut [BeingWork], elapsed: Nanoseconds, by: Timestamp) -> LoopSet {
        InlineExecutor.run(works, elapsed, by);
        LoopSet::ALL.with(LoopKind::Analytical, false)
    }
}

type Quiet<E> = Kernel<MockClock, E, Steady, Rings, Talk>;

fn resident(id: u64, clock: &MockClock) -> Resident<Talk> {
    Resident {
        being: Being::new(BeingId(id)),
        port: Talk(clock.clone()),
    }
}

fn kernel<E: Executor>(executor: E, beings: u64) -> (Quiet<E>, KernelControl<Talk>, MockClock) {
    let clock = MockClock::at(Timestamp(0));
    let settings = KernelSettings {
        period: 1_000_000,
        spin: true,
        burst: Some(BurstSettings {
            steady_beings: 4,
            burst_beings: 8,
            longest: 50_000_000,
            rest: 20_000_000,
            rate: None,
            cost_limit: 60,
            by_itself: true,
        }),
        ..KernelSettings::default()
    };
    let (kernel, control) = Kernel::new(KernelSetup {
        residents: (1..=beings).map(|id| resident(id, &clock)).collect(),
        clock: clock.clone(),
        executor,
        source: Steady,
        sink: Rings {
            entries: rtrb::RingBuffer::new(64).0,
            overruns: rtrb::RingBuffer::new(64).0,
            events: rtrb::RingBuffer::new(64).0,
        },
        settings,
    })
    .expect("possible settings");
    (kernel, control, clock)
}

/// An allocation, or a release, in here aborts the test.
fn cycle<E: Executor>(kernel: &mut Quiet<E>, times: u64) {
    assert_no_alloc(|| {
        for _ in 0..times {
            kernel.cycle();
        }
    });
}

#[test]
fn a_hundred_thousand_cycles_allocate_nothing() {
    let (mut kernel, control, _clock) = kernel(InlineExecutor, 2);
    cycle(&mut kernel, 100_000);
    let counted = control.counters().read();
    assert_eq!(counted.cycles, 100_000);
    assert!(counted.overruns > 0);
}

#[test]
fn following_commands_allocates_nothing() {
    let (mut kernel, control, clock) = kernel(InlineExecutor, 4);
    let degrade = DegradeSettings {
        overruns: 1,
        ..DegradeSettings::default()
    };
    for round in 0..200 {
        let id = BeingId(100 + round);
        let commands = [
            Command::Add(resident(id.0, &clock)),
            Command::Add(resident(1, &clock)),
            Command::Consent(id, Consent::NONE),
            Command::Parameters(id, Parameters::default()),
            Command::Rate(1_000_000 + round % 3 * 500_000),
            Command::Policy(OverrunPolicy::Degrade(degrade)),
            Command::Policy(OverrunPolicy::CatchUp { at_most: 3 }),
            Command::Burst(BurstCommand::Start),
            Command::Remove(id),
            Command::Remove(id),
        ];
        let tickets = commands.map(|command| control.submit(command).expect("room"));
        cycle(&mut kernel, 20);
        let followed = tickets.map(|ticket| ticket.poll().expect("answered").is_ok());
        assert!(followed[0] && !followed[1] && followed[8] && !followed[9]);
    }
}

#[test]
fn bursts_and_waiting_words_allocate_nothing() {
    let (mut kernel, control, _clock) = kernel(Tardy, 12);
    cycle(&mut kernel, 20_000);
    let counted = control.counters().read();
    assert!(counted.bursts > 10, "{counted:?}");
    assert!(counted.lost_words > 0);
}
