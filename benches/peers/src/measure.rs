//! All cases in turn, round after round, so that whatever disturbs the machine disturbs them alike.

use std::time::Instant;

/// Rounds of all cases.
const ROUNDS: usize = 401;
/// How long a case runs in a round: short, so that few slices are interrupted.
const SLICE_NS: f64 = 150_000.0;

/// Nanoseconds of one call, one number for each round.
pub struct Samples(pub Vec<f64>);

impl Samples {
    pub fn quantile(&self, part: f64) -> f64 {
        quantile(self.0.clone(), part)
    }

    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }
}

fn quantile(mut values: Vec<f64>, part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * part) as usize]
}

/// A quotient, round by round: what disturbs a whole round cancels out.
pub struct Ratio {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Ratio {
    pub fn of(above: &[&Samples], below: &[&Samples]) -> Self {
        let sum = |samples: &[&Samples], round: usize| samples.iter().map(|s| s.0[round]).sum::<f64>();
        let rounds: Vec<f64> = (0..ROUNDS).map(|round| sum(above, round) / sum(below, round)).collect();
        Self {
            median: quantile(rounds.clone(), 0.5),
            low: quantile(rounds.clone(), 0.25),
            high: quantile(rounds, 0.75),
        }
    }
}

/// Every piece of work must answer `true`, each time.
pub fn interleaved(work: &mut [&mut dyn FnMut() -> bool]) -> Vec<Samples> {
    let repetitions: Vec<usize> = work
        .iter_mut()
        .map(|work| {
            let start = Instant::now();
            let mut count = 0;
            while start.elapsed().as_micros() < 3_000 {
                assert!(work());
                count += 1;
            }
            let once = start.elapsed().as_nanos() as f64 / f64::from(count);
            (SLICE_NS / once).ceil() as usize
        })
        .collect();
    let mut samples: Vec<Samples> = work.iter().map(|_| Samples(Vec::with_capacity(ROUNDS))).collect();
    for _ in 0..ROUNDS {
        for (case, ((work, count), samples)) in
            work.iter_mut().zip(&repetitions).zip(&mut samples).enumerate()
        {
            let start = Instant::now();
            let mut good = true;
            for _ in 0..*count {
                good &= work();
            }
            samples.0.push(start.elapsed().as_nanos() as f64 / *count as f64);
            assert!(good, "case {case} has answered no");
        }
    }
    samples
}
