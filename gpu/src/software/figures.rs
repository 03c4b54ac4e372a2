//! Numbers as people read them: short, with a unit, never wider than a few digits.

/// A number and its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Figure {
    pub(super) number: String,
    pub(super) unit: &'static str,
}

fn figure(number: String, unit: &'static str) -> Option<Figure> {
    Some(Figure { number, unit })
}

/// The minus sign of typography is as wide as a digit.
fn signed(number: &str) -> String {
    number.replace('-', "\u{2212}")
}

/// A rate; from a million upwards in powers of ten.
pub(super) fn hertz(value: Option<f32>) -> Option<Figure> {
    let value = crate::scene::finite(value)?;
    let number = match value.abs() {
        size if size < 1e4 => format!("{value:.1}"),
        size if size < 1e6 => format!("{value:.0}"),
        _ => format!("{value:.0e}"),
    };
    figure(signed(&number), "Hz")
}

/// A whole rate where it is whole.
pub(super) fn whole_hertz(value: Option<f32>) -> Option<String> {
    let figure = hertz(value)?;
    Some(
        figure
            .number
            .strip_suffix(".0")
            .map_or(figure.number.clone(), str::to_owned),
    )
}

/// A span that is given in microseconds.
pub(super) fn microseconds(value: Option<f32>) -> Option<Figure> {
    let value = crate::scene::finite(value)?;
    let (scaled, unit) = match value.abs() {
        size if size < 999.5 => (value, "µs"),
        size if size < 999_500.0 => (value / 1e3, "ms"),
        _ => (value / 1e6, "s"),
    };
    let number = match scaled.abs() {
        size if size < 9.95 => format!("{scaled:.1}"),
        size if size < 1e6 => format!("{scaled:.0}"),
        _ => format!("{scaled:.0e}"),
    };
    figure(signed(&number), unit)
}

/// A count: whole below a million, grouped by thin spaces, then in millions, milliards and so on.
pub(super) fn count(value: Option<u64>) -> Option<Figure> {
    let value = value?;
    let (scale, unit) = match value {
        0..1_000_000 => (1_u64, ""),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        1_000_000_000..1_000_000_000_000 => (1_000_000_000, "G"),
        1_000_000_000_000..1_000_000_000_000_000 => (1_000_000_000_000, "T"),
        _ => return figure(format!("{:.1e}", value as f64), ""),
    };
    if scale > 1 {
        return figure(format!("{:.1}", value as f64 / scale as f64), unit);
    }
    figure(grouped(value), unit)
}

fn grouped(value: u64) -> String {
    if value < 10_000 {
        return value.to_string();
    }
    format!("{}\u{2009}{:03}", value / 1000, value % 1000)
}

/// A level relative to full scale.
pub(super) fn decibels(value: Option<f32>) -> Option<Figure> {
    let value = crate::scene::finite(value)?.clamp(-999.0, 999.0);
    figure(signed(&format!("{value:.0}")), "dBFS")
}

/// A temperature.
pub(super) fn celsius(value: Option<f32>) -> Option<Figure> {
    let value = crate::scene::finite(value)?.clamp(-999.0, 9999.0);
    figure(signed(&format!("{value:.0}")), "°C")
}

/// A share of 1 in percent.
pub(super) fn percent(value: Option<f32>) -> Option<Figure> {
    let value = crate::scene::share(value)?;
    figure(format!("{:.0}", value * 100.0), "%")
}

/// A value from 0 to 1.
pub(super) fn unit(value: f32) -> String {
    format!("{:.2}", value.clamp(0.0, 1.0))
}

/// A span of seconds in its two greatest units.
pub(super) fn span(seconds: Option<f64>) -> Option<String> {
    let seconds = seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0)?;
    // The cast holds at the greatest integer.
    let seconds = seconds as u64;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    Some(match () {
        () if days >= 10_000 => "over 9999 d".to_owned(),
        () if days > 0 => format!("{days} d {} h", hours % 24),
        () if hours > 0 => format!("{hours} h {} min", minutes % 60),
        () if minutes > 0 => format!("{minutes} min"),
        () => format!("{seconds} s"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(figure: Option<Figure>) -> String {
        figure.map_or("absent".to_owned(), |it| {
            format!("{} {}", it.number, it.unit)
        })
    }

    #[test]
    fn spans_take_the_unit_that_keeps_them_short() {
        for (given, shown) in [
            (0.0, "0.0 µs"),
            (9.94, "9.9 µs"),
            (18.4, "18 µs"),
            (999.4, "999 µs"),
            (999.6, "1.0 ms"),
            (2_140.0, "2.1 ms"),
            (5e6, "5.0 s"),
            (f32::MAX, "3e32 s"),
            (f32::NAN, "absent"),
        ] {
            assert_eq!(text(microseconds(Some(given))), shown);
        }
    }

    #[test]
    fn counts_stay_short() {
        for (given, shown) in [
            (0, "0 "),
            (9999, "9999 "),
            (10_000, "10\u{2009}000 "),
            (999_999, "999\u{2009}999 "),
            (1_000_000, "1.0 M"),
            (18_446_744_073_709, "18.4 T"),
            (u64::MAX, "1.8e19 "),
        ] {
            assert_eq!(text(count(Some(given))), shown);
        }
    }

    #[test]
    fn uptime_shows_its_two_greatest_units() {
        for (given, shown) in [
            (0.9, Some("0 s")),
            (61.0, Some("1 min")),
            (11_520.0, Some("3 h 12 min")),
            (90_000.0, Some("1 d 1 h")),
            (1e18, Some("over 9999 d")),
            (-1.0, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(span(Some(given)).as_deref(), shown);
        }
    }

    #[test]
    fn no_value_is_no_figure() {
        assert_eq!(hertz(None), None);
        assert_eq!(celsius(Some(f32::NEG_INFINITY)), None);
        assert_eq!(percent(Some(f32::NAN)), None);
        assert_eq!(text(decibels(Some(-42.4))), "\u{2212}42 dBFS");
    }
}
