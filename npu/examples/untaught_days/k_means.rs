//! Baseline: k-means (Lloyd 1982, Least squares quantization in PCM) over all of a day's segments
//! that are not known, at once, with k by the greatest mean silhouette (Rousseeuw 1987). Where that
//! is 0.25 or less there is no substantial structure (Kaufman and Rousseeuw 1990): one cluster.

use fastrand::Rng;
use triune_npu::patterns::SIGNATURE_LENGTH;

type Point = [f32; SIGNATURE_LENGTH];

const MOST_CLUSTERS: usize = 8;
const BEGINNINGS: usize = 4;
const ROUNDS: usize = 50;
const LEAST_SILHOUETTE: f32 = 0.25;

/// Each point's cluster.
pub(crate) fn clusters(points: &[Point]) -> Vec<usize> {
    let mut rng = Rng::with_seed(1);
    let mut best = (LEAST_SILHOUETTE, vec![0; points.len()]);
    for count in 2..=MOST_CLUSTERS.min(points.len().saturating_sub(1)) {
        let tries = (0..BEGINNINGS).map(|_| run(&mut rng, points, count));
        let Some((_, places)) = tries.min_by(|one, other| one.0.total_cmp(&other.0)) else {
            continue;
        };
        let silhouette = silhouette(points, &places, count);
        if silhouette > best.0 {
            best = (silhouette, places);
        }
    }
    best.1
}

/// One descent from a beginning by k-means++ (Arthur and Vassilvitskii 2007): the sum of squares
/// that is left, and each point's cluster.
fn run(rng: &mut Rng, points: &[Point], count: usize) -> (f32, Vec<usize>) {
    let mut centres = vec![points[rng.usize(0..points.len())]];
    while centres.len() < count {
        let squares: Vec<f32> = points
            .iter()
            .map(|point| nearest(&centres, point).1)
            .collect();
        let mut left = rng.f32() * squares.iter().sum::<f32>();
        let place = squares.iter().position(|square| {
            left -= square;
            left <= 0.0
        });
        centres.push(points[place.unwrap_or(0)]);
    }
    let mut places = Vec::new();
    for _ in 0..ROUNDS {
        let now: Vec<usize> = points
            .iter()
            .map(|point| nearest(&centres, point).0)
            .collect();
        if now == places {
            break;
        }
        places = now;
        for (number, centre) in centres.iter_mut().enumerate() {
            let own = || {
                points
                    .iter()
                    .zip(&places)
                    .filter(|(_, place)| **place == number)
            };
            let size = own().count().max(1) as f32;
            for (axis, value) in centre.iter_mut().enumerate() {
                *value = own().map(|(point, _)| point[axis]).sum::<f32>() / size;
            }
        }
    }
    let left = points.iter().map(|point| nearest(&centres, point).1).sum();
    (left, places)
}

fn nearest(centres: &[Point], point: &Point) -> (usize, f32) {
    let all = centres
        .iter()
        .map(|centre| square(centre, point))
        .enumerate();
    all.min_by(|one, other| one.1.total_cmp(&other.1))
        .unwrap_or((0, 0.0))
}

fn square(one: &Point, other: &Point) -> f32 {
    one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Mean over the points; 0 for one that is alone in its cluster.
fn silhouette(points: &[Point], places: &[usize], count: usize) -> f32 {
    let mut sizes = vec![0_usize; count];
    places.iter().for_each(|&place| sizes[place] += 1);
    let of = |point: &Point, mine: usize| {
        let mut sums = vec![0.0_f32; count];
        for (other, &place) in points.iter().zip(places) {
            sums[place] += square(point, other).sqrt();
        }
        if sizes[mine] < 2 {
            return 0.0;
        }
        let within = sums[mine] / (sizes[mine] - 1) as f32;
        let apart = (0..count)
            .filter(|&place| place != mine && sizes[place] > 0)
            .map(|place| sums[place] / sizes[place] as f32)
            .fold(f32::INFINITY, f32::min);
        (apart - within) / apart.max(within).max(f32::MIN_POSITIVE)
    };
    let all = points
        .iter()
        .zip(places)
        .map(|(point, &mine)| of(point, mine));
    all.sum::<f32>() / points.len().max(1) as f32
}
