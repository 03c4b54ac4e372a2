//! A picture of seven lights, so that a viewer sees something move.

/// The lights' colours from the root up, red, green and blue.
const COLOURS: [[f32; 3]; 7] = [
    [0.88, 0.40, 0.45],
    [0.93, 0.60, 0.36],
    [0.92, 0.80, 0.42],
    [0.45, 0.80, 0.56],
    [0.39, 0.69, 0.90],
    [0.52, 0.53, 0.90],
    [0.76, 0.54, 0.88],
];

/// A PNG picture of seven lights as bright as `centres` says.
pub(super) fn seven_lights(width: u32, height: u32, centres: [f32; 7]) -> Vec<u8> {
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    let unit = height as f32;
    for y in 0..height {
        for x in 0..width {
            let mut light = [0.02_f32, 0.03, 0.06];
            for (index, value) in centres.into_iter().enumerate() {
                let across = (x as f32 - width as f32 / 2.0) / unit;
                let along = y as f32 / unit - (0.92 - 0.14 * index as f32);
                let size = 0.02 + 0.05 * value;
                let glow = (0.15 + value)
                    / (1.0 + (across * across + along * along) / (size * size) * 3.0).powi(2);
                for (channel, colour) in light.iter_mut().zip(COLOURS[index]) {
                    *channel += colour * glow;
                }
            }
            pixels.extend(light.map(|channel| (channel.clamp(0.0, 1.0) * 255.0) as u8));
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("a picture's header");
    writer
        .write_image_data(&pixels)
        .expect("a picture's pixels");
    writer.finish().expect("a picture's end");
    file
}
