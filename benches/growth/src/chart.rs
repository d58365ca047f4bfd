//! Curves, as SVG.

use std::fmt::Write as _;

/// A curve: what it shows, and its points from left to right.
pub struct Curve {
    pub name: &'static str,
    pub points: Vec<(f64, f64)>,
}

pub struct Chart {
    pub title: &'static str,
    /// What is on the horizontal axis.
    pub across: &'static str,
    /// Each step on the horizontal axis is ten times the one before.
    pub by_tens: bool,
    pub curves: Vec<Curve>,
}

const COLOURS: [&str; 2] = ["#06c", "#c50"];
/// Of one chart, and of the frame in it.
const SIZE: (f64, f64) = (420.0, 300.0);
const FRAME: (f64, f64, f64, f64) = (70.0, 56.0, 390.0, 240.0);

/// A number as people write it on an axis.
fn label(number: f64) -> String {
    match number {
        n if n >= 1_000_000.0 => format!("{} M", (n / 10_000.0).round() / 100.0),
        n if n >= 10_000.0 => format!("{} k", (n / 100.0).round() / 10.0),
        n if n < 10.0 => format!("{}", (n * 100.0).round() / 100.0),
        n => format!("{n:.0}"),
    }
}

/// The least of 1, 2, 2.5 and 5 times a power of ten that is not below.
fn round_up(number: f64) -> f64 {
    let power = 10_f64.powf(number.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|step| *step >= number)
        .unwrap_or(number)
}

impl Chart {
    /// The chart in a frame from zero upwards.
    fn draw(&self, left: f64, top: f64) -> String {
        let (x0, y0, x1, y1) = (left + FRAME.0, top + FRAME.1, left + FRAME.2, top + FRAME.3);
        let all = || self.curves.iter().flat_map(|curve| &curve.points);
        let widest = all().fold(0.0_f64, |widest, point| widest.max(point.0));
        let least = all().fold(widest, |least, point| least.min(point.0));
        let highest = round_up(all().fold(0.0_f64, |highest, point| highest.max(point.1)));
        let across = |x: f64| {
            let part = if self.by_tens { (x / least).log10() / (widest / least).log10() } else { x / widest };
            x0 + (x1 - x0) * part
        };
        let up = |y: f64| y1 - (y1 - y0) * y / highest;
        let mut svg = String::new();
        let _ =
            writeln!(svg, "<text x=\"{x0}\" y=\"{}\" font-weight=\"bold\">{}</text>", top + 20.0, self.title);
        for step in 0..=4 {
            let value = highest * f64::from(step) / 4.0;
            let y = up(value);
            let _ = writeln!(
                svg,
                "<path d=\"M{x0},{y:.1} H{x1}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                x0 - 6.0,
                y + 4.0,
                label(value)
            );
        }
        let marks: Vec<f64> = if self.by_tens {
            (0..9).map(|power| least * 10_f64.powi(power)).filter(|mark| *mark <= widest).collect()
        } else {
            (0..=4).map(|step| widest * f64::from(step) / 4.0).collect()
        };
        for mark in marks {
            let x = across(mark);
            let _ = writeln!(
                svg,
                "<path d=\"M{x:.1},{y1} v4\" stroke=\"#888\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                y1 + 18.0,
                label(mark)
            );
        }
        let _ = writeln!(
            svg,
            "<path d=\"M{x0},{y0} V{y1} H{x1}\" fill=\"none\" stroke=\"#888\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            f64::midpoint(x0, x1),
            y1 + 38.0,
            self.across
        );
        for (place, (curve, colour)) in self.curves.iter().zip(COLOURS).enumerate() {
            let line: Vec<String> =
                curve.points.iter().map(|(x, y)| format!("{:.1},{:.1}", across(*x), up(*y))).collect();
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                line.join(" ")
            );
            for point in line {
                let (x, y) = point.split_once(',').unwrap_or_default();
                let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"2.5\" fill=\"{colour}\"/>");
            }
            let x = x0 + 165.0 * place as f64;
            let _ =
                writeln!(svg, "<text x=\"{x}\" y=\"{}\" fill=\"{colour}\">{}</text>", top + 40.0, curve.name);
        }
        svg
    }
}

/// Two charts in a row.
pub fn sheet(charts: &[Chart]) -> String {
    let (width, height) = (SIZE.0 * 2.0, SIZE.1 * charts.len().div_ceil(2) as f64);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for (place, chart) in charts.iter().enumerate() {
        svg += &chart.draw((place % 2) as f64 * SIZE.0, (place / 2) as f64 * SIZE.1);
    }
    svg += "</svg>\n";
    svg
}
