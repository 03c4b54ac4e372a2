//! Canvases: sizes, copies, files.
#![allow(missing_docs)]

use proptest::prelude::*;
use triune_gpu::{Canvas, CanvasError, LARGEST_SIDE};

#[test]
fn impossible_sizes_are_refused() {
    for (width, height) in [(0, 1), (1, 0), (LARGEST_SIDE + 1, 1), (1, u32::MAX)] {
        assert!(matches!(
            Canvas::new(width, height),
            Err(CanvasError::Size { .. })
        ));
    }
}

#[test]
fn pixels_are_blue_green_red() {
    let mut canvas = Canvas::new(2, 1).unwrap();
    canvas.bytes_mut()[4..].copy_from_slice(&[1, 2, 3, 255]);
    assert_eq!(canvas.pixel(1, 0), Some([3, 2, 1]));
    assert_eq!(canvas.pixel(2, 0), None);
}

#[test]
fn a_copy_keeps_to_the_target_s_rows() {
    let mut canvas = Canvas::new(3, 2).unwrap();
    for (index, byte) in canvas.bytes_mut().iter_mut().enumerate() {
        *byte = index as u8;
    }
    let mut target = [99; 16 + 12];
    canvas.copy_to(&mut target, 16).unwrap();
    assert_eq!(target[..12], canvas.bytes()[..12]);
    assert_eq!(target[12..16], [99; 4]);
    assert_eq!(target[16..], canvas.bytes()[12..]);
    for (bytes, stride) in [(27, 16), (100, 11)] {
        let mut small = vec![99; bytes];
        assert!(matches!(
            canvas.copy_to(&mut small, stride),
            Err(CanvasError::Target { .. })
        ));
        assert!(small.iter().all(|&byte| byte == 99));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_file_holds_every_pixel(width in 1..40_u32, height in 1..40_u32, seed in any::<u64>()) {
        let mut canvas = Canvas::new(width, height).unwrap();
        let mut state = seed | 1;
        for byte in canvas.bytes_mut() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (state >> 33) as u8;
        }
        let file = canvas.to_png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut colours = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut colours).unwrap();
        for (index, colour) in colours.chunks_exact(3).enumerate() {
            let (x, y) = (index as u32 % width, index as u32 / width);
            prop_assert_eq!(canvas.pixel(x, y).unwrap(), [colour[0], colour[1], colour[2]]);
        }
    }
}
