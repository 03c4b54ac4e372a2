//! A status with something in every field.

use triune::kernel_api::{BeingsCount, BurstView, IndexView, KernelView, LoopView, WearView};
use triune::status::{
    Body, Cost, Cycle, Degradation, Display, Gpu, Hearing, Lateness, Memory, Npu, NpuLane,
    NpuModel, NpuQueue, NpuRefused, PartState, Process, RealTime, RealTimeAsked, Recording, Sense,
    SenseState, Senses, Sight, Stall, Status,
};

/// A kernel that has had something to do.
fn kernel() -> KernelView {
    let late = |name: &str, late| LoopView {
        name: name.to_owned(),
        late,
        priority: Some(90),
        cpu: Some(7),
        refused: Vec::new(),
    };
    KernelView {
        rate_hz: 250,
        rate_now_hz: 125.0,
        executor: "threaded".to_owned(),
        overrun: "degrade".to_owned(),
        level: 1,
        caught_up: 5,
        beings: 3,
        waiting: 1,
        beings_steady: 3,
        beings_in_burst: 4,
        burst: BurstView {
            active: false,
            bursts: 2,
            spent_s: 12.5,
            last_end: Some("time".to_owned()),
            longest_s: 10.0,
        },
        loops: vec![
            late("environmental", 0),
            late("analytical", 2),
            late("experiential", 0),
        ],
    }
}

/// A status with every field set.
pub(crate) fn full_status() -> Status {
    let present = |device: &str| Sense {
        state: SenseState::Present,
        since_s: 231.5,
        device: Some(device.to_owned()),
        events: 12,
        ..Sense::default()
    };
    Status {
        kernel: Some(kernel()),
        beings: BeingsCount {
            awake: 3,
            waiting: 1,
            asleep: 2,
        },
        faults: vec!["sight=frozen".to_owned()],
        version: "0.1.0".to_owned(),
        board: "qemu-aarch64".to_owned(),
        ready: true,
        degraded: vec![Degradation {
            what: "real time".to_owned(),
            why: "the system refused SCHED_FIFO: cycles may start late under load".to_owned(),
            remedy: "give the service CAP_SYS_NICE, or start it as the board image does".to_owned(),
        }],
        uptime_s: 240.0,
        being: "0000000000000001".to_owned(),
        real_time: RealTime {
            wanted: true,
            granted: false,
            asked: RealTimeAsked {
                priority: 90,
                cpu: Some(6),
                memory_locked: true,
                shallow_idle: true,
            },
            shallow_idle: false,
            scheduler: "other".to_owned(),
            priority: 0,
            memory_locked: true,
            cpu: Some(6),
            why: Some("operation not permitted".to_owned()),
        },
        cycle: Cycle {
            rate_hz: 250,
            hz: 249.9,
            scheduled: 60_000,
            cycles: 59_998,
            skipped: 2,
            overruns: 1,
            lateness_us: Lateness {
                p50: 57.5,
                p99: 340.0,
                p999: 1_250.0,
                max: 5_125.5,
            },
            cost_us: Cost {
                p50: 3.5,
                p99: 8.25,
                max: 61.0,
            },
            stalls: vec![Stall {
                cycle: 41_233,
                deadline_ns: 412_000_000_000,
                late_us: 5_125.5,
                run_queue_us: Some(5_000.0),
                steal_us: None,
                explained: true,
            }],
        },
        senses: Senses {
            hearing: Hearing {
                sense: present("hw:0,0 simulated microphone"),
                level_dbfs: Some(-42.5),
                speech: Some(0.75),
            },
            sight: Sight {
                sense: present("/dev/video0 simulated camera"),
                frames: 6_000,
                fps: Some(29.5),
                brightness: Some(0.5),
                motion: Some(0.125),
            },
            body: Body {
                sense: present("linux"),
                load: Some(0.25),
                temperature_c: Some(51.5),
                memory: Some(0.375),
                pressure: Some(0.0625),
            },
        },
        npu: Npu {
            backend: Some("rknn".to_owned()),
            state: PartState::Running,
            situation: Some("conversation".to_owned()),
            situation_confidence: Some(0.875),
            feeling: Some("engaged".to_owned()),
            feeling_confidence: Some(0.75),
            confidence: Some(0.75),
            age_ms: Some(3.5),
            inferences: 12_000,
            inference_us: Some(412.5),
            fresh_share: Some(0.9375),
            no_patterns: None,
            lanes: vec![NpuLane {
                busy: 0.125,
                runs: 12_040,
            }],
            restarts: 2,
            kills: 1,
            refused: NpuRefused {
                deadline_passed: 5,
                worker_lost: 3,
                ..NpuRefused::default()
            },
            queue: vec![NpuQueue {
                class: "cycle".to_owned(),
                asked: 12_008,
                answered: 12_000,
                late: 4,
                withdrawn: 0,
                waiting: 0,
                p99_wait_us: 12.5,
            }],
            models: vec![NpuModel {
                name: "dual_activation".to_owned(),
                version: "0.2.0".to_owned(),
                precision: "int8".to_owned(),
                hash: "5c".repeat(32),
                runs: 12_000,
                failures: 0,
                p50_us: Some(412.5),
                p99_us: Some(800.0),
                state: "ready".to_owned(),
            }],
        },
        gpu: Gpu {
            device: Some("llvmpipe".to_owned()),
            fps: Some(30.0),
            frame_ms: Some(12.5),
        },
        display: Display {
            state: PartState::Running,
            device: Some("card0 Virtual-1".to_owned()),
            mode: Some("1280x720 at 60 Hz".to_owned()),
        },
        memory: Memory {
            state: PartState::Running,
            crystals: 126,
            dropped: 0,
            oldest_sequence: 4,
            newest_sequence: 129,
            durable_sequence: 125,
            wear: WearView {
                bytes_today: 3_000_000,
                bytes_per_day: Some(12_000_000),
                all_bytes_today: 9_000_000,
                budget_bytes_per_day: 2_000_000_000,
                withheld: 7,
            },
            index: IndexView {
                state: "ready".to_owned(),
                covered: 120,
            },
            flush_age_ms: Some(412.5),
            bytes_written: 5_250_000,
            degraded: None,
        },
        recording: Some(Recording {
            path: "recordings/today.trc".to_owned(),
            cycles: 1_000,
            bytes: 640_000,
        }),
        process: Process {
            rss_mb: 84.5,
            cpu_share: 0.125,
        },
    }
}
