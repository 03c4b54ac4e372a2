mod common;
use common::*;
use triune_senses::EventKind;

const VOICES: [&str; 14] = ["en", "de", "fr+f3", "en+m3", "es", "it+f2", "en-us+m7", "pl", "ru+f4", "en+croak", "pt", "cs+m1","en+f5","sv"];
const PHRASES: [&str; 7] = ["Good morning, the house is standing", "yes", "seven quiet stones wait by the river", "hello triune", "She sells sea shells", "what time is it now", "open the window please"];

#[test]
fn speech() {
    let rate = 48_000;
    let mut r = Random(5);
    for (i, voice) in VOICES.iter().enumerate() {
        for (j, words) in PHRASES.iter().enumerate() {
            let p = speak(voice, words, rate, -17.0);
            let colour = COLOURS[(i + j) % 3];
            let speech_rms = 20.0 * rms(&p.samples[p.onset..p.end]).log10();
            for snr in [10.0, 30.0] {
                let lead = 3 * rate as usize;
                let mut s = noise(colour, lead + p.samples.len() + rate as usize, speech_rms - snr, &mut r);
                mix(&mut s, &p.samples, lead);
                let ev = beginnings(&hear(rate, &s), EventKind::Speech);
                let on = (lead + p.onset) as f64 / rate as f64;
                let off: Vec<String> = ev.iter().map(|e| format!("{:+.3}", seconds(e.start) - on)).collect();
                let bad = ev.is_empty() || seconds(ev[0].start) < on || seconds(ev[0].start) > on + 0.6;
                println!("{}{voice:10} {snr} {colour:?} dur {:.2} {words}: {off:?}", if bad {"BAD "} else {""}, (p.end - p.onset) as f64 / rate as f64);
            }
        }
    }
}

#[test]
fn false_alarms() {
    let rate = 16_000;
    let mut r = Random(77);
    let mut total = 0.0;
    let mut count = 0;
    for k in 0..60 {
        let colour = COLOURS[k % 3];
        let mut s = noise(colour, 60 * rate as usize, -45.0 + (k as f32) / 2.0, &mut r);
        // random gain steps
        let mut g = 1.0;
        let mut next = 0;
        for n in 0..s.len() {
            if n >= next { g = amplitude(-30.0 * r.unit()); next = n + (rate as f32 * (0.05 + 3.0 * r.unit())) as usize; }
            s[n] *= g;
        }
        total += 60.0;
        let e = beginnings(&hear(rate, &s), EventKind::Speech);
        for e in &e { println!("FALSE {colour:?} at {:.2} conf {}", seconds(e.start), e.confidence); }
        count += e.len();
    }
    println!("false alarms {count} in {total} s");
}

#[test]
fn steady() {
    let rate = 48_000;
    let mut r = Random(99);
    let saw = |f: f32| -> Vec<(f32, f32)> { (1..=(7000.0 / f) as usize).map(|h| (h as f32 * f, 0.2 / h as f32)).collect() };
    let mut cases: Vec<(String, Vec<f32>)> = vec![];
    for f in [50.0, 60.0, 100.0, 120.0, 147.3, 200.0, 250.0, 333.0, 440.0, 1000.0, 3000.0] {
        cases.push((format!("tone {f}"), tones(rate, 4.0, &[(f, 0.2)])));
        cases.push((format!("saw {f}"), tones(rate, 4.0, &saw(f))));
    }
    cases.push(("hum".into(), tones(rate, 4.0, &[(50.0, 0.1), (100.0, 0.05), (150.0, 0.05), (200.0, 0.02), (300.0, 0.03)])));
    let mut more = vec![];
    for (name, s) in &cases {
        // beeping
        let mut b = s.clone();
        for (n, v) in b.iter_mut().enumerate() { if (n / (rate as usize / 5)) % 2 == 1 { *v = 0.0; } }
        more.push((format!("beep {name}"), b));
        for c in COLOURS {
            for db in [-40.0, -30.0, -24.0] {
            let mut b = s.clone();
            let nn = noise(c, b.len(), db, &mut r);
            mix(&mut b, &nn, 0);
            more.push((format!("noisy {db} {c:?} {name}"), b));
            }
        }
    }
    cases.extend(more);
    for (name, s) in cases {
        let mut q = vec![0.0; rate as usize];
        q.extend(s);
        q.extend(vec![0.0; rate as usize]);
        let e = beginnings(&hear(rate, &q), EventKind::Speech);
        if !e.is_empty() { println!("FALSE {name}: {:?}", e.iter().map(|e| (seconds(e.start), e.confidence)).collect::<Vec<_>>()); }
    }
}
#[test]
fn trace() {
    let rate = 48_000;
    let mut r = Random(5);
    let p = speak(&std::env::var("VOICE").unwrap_or("en".into()), &std::env::var("WORDS").unwrap_or("Good morning, the house is standing".into()), rate, -17.0);
    let speech_rms = 20.0 * rms(&p.samples[p.onset..p.end]).log10();
    let lead = 2 * rate as usize;
    let mut s = noise(Colour::Pink, lead + p.samples.len() + rate as usize/2, speech_rms - 30.0, &mut r);
    mix(&mut s, &p.samples, lead);
    hear(rate, &s);
}
#[test]
fn stray() {
    let rate = 16_000;
    let mut r = Random(3);
    for c in COLOURS {
        println!("C {c:?}");
        let s = noise(c, rate as usize * 120, -40.0, &mut r);
        hear(rate, &s);
    }
}
#[test]
fn tonetrace() {
    let rate = 48_000;
    let mut r = Random(5);
    let mut s = vec![0.0; rate as usize];
    s.extend(tones(rate, 4.0, &[(333.0, 0.2)]));
    let n = noise(Colour::White, s.len(), -35.0, &mut r);
    mix(&mut s, &n, 0);
    hear(rate, &s);
}
