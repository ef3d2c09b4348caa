//! Colours, shapes and densities of charts, the same on a page and in Word.
//!
//! One accent and calm neighbours. Each series also has a shape, and bars a filling, so
//! that a black-and-white print says as much as the screen.

/// Lines and marks, at least 4.5 : 1 on white, by the place of the series.
pub const LINES: [&str; 5] = ["1f5fa8", "3f4650", "a84f0a", "0f766b", "75508f"];
/// Fillings of bars: full, pale, hatched, grey, white. All but the first have an outline.
pub const BARS: [Filling; 5] = [
    Filling::Plain("1f5fa8"),
    Filling::Plain("c3d6ec"),
    Filling::Hatched,
    Filling::Plain("6b737c"),
    Filling::Plain("ffffff"),
];
/// The wide band and the narrow one.
pub const BANDS: [&str; 2] = ["dbe6f3", "aac5e4"];
/// The edge of a band: 3 : 1 on white.
pub const BAND_EDGE: &str = "5f8fc4";
pub const ACCENT: &str = LINES[0];
pub const TEXT: &str = "1a1a1a";
pub const QUIET_TEXT: &str = "4a5057";
pub const AXIS: &str = "5f6368";
pub const GRID: &str = "dfe3e7";
pub const PAPER: &str = "ffffff";

/// Longer lines carry only some marks.
pub const MARKED_MAX: usize = 26;
/// More bars, or points, have no room for a number beside each.
pub const NUMBERED_BARS_MAX: usize = 14;
pub const NUMBERED_POINTS_MAX: usize = 26;

/// How a bar is filled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    Plain(&'static str),
    /// Strokes of the accent on white.
    Hatched,
}

/// A mark on a line, by the place of the series.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross,
}

pub const SHAPES: [Shape; 5] = [
    Shape::Circle,
    Shape::Square,
    Shape::Triangle,
    Shape::Diamond,
    Shape::Cross,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of WCAG 2.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour");
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    }

    #[track_caller]
    fn check(colour: &str, least: f64) {
        let contrast = 1.05 / (luminance(colour) + 0.05);
        assert!(contrast >= least, "{colour} has {contrast:.2} on white");
    }

    #[test]
    fn everything_that_carries_meaning_is_seen_on_white() {
        for colour in LINES.into_iter().chain([TEXT, QUIET_TEXT]) {
            check(colour, 4.5);
        }
        check(AXIS, 3.0);
        check(BAND_EDGE, 3.0);
    }
}
