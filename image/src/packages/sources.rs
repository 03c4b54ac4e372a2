//! Reads apt's own list of sources, in both of its forms (sources.list(5)).

/// One source of binary packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) uris: Vec<String>,
    pub(super) suites: Vec<String>,
    pub(super) components: Vec<String>,
}

/// Reads the one-line form: `deb [options] uri suite component ...`.
pub(super) fn parse_one_line(text: &str) -> Vec<Source> {
    text.lines().filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Source> {
    let line = line.split('#').next()?.trim();
    let rest = line.strip_prefix("deb")?;
    if !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(options) => options.split_once(']')?.1,
        None => rest,
    };
    let mut words = rest.split_whitespace().map(str::to_owned);
    Some(Source {
        uris: vec![words.next()?],
        suites: vec![words.next()?],
        components: words.collect(),
    })
}

/// Reads the deb822 form: paragraphs of `Types:`, `URIs:`, `Suites:`, `Components:`.
pub(super) fn parse_deb822(text: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    // Comments are no paragraph ends, so they go first.
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    for paragraph in lines.split(|line| line.trim().is_empty()) {
        sources.extend(parse_paragraph(paragraph));
    }
    sources
}

fn parse_paragraph(lines: &[&str]) -> Option<Source> {
    let mut source = Source::default();
    let mut types = Vec::new();
    let mut enabled = true;
    let mut key = String::new();
    for line in lines {
        let value = if line.starts_with([' ', '\t']) {
            line.trim()
        } else {
            let (name, value) = line.split_once(':')?;
            key = name.trim().to_ascii_lowercase();
            value.trim()
        };
        let words = value.split_whitespace().map(str::to_owned);
        match key.as_str() {
            "types" => types.extend(words),
            "uris" => source.uris.extend(words),
            "suites" => source.suites.extend(words),
            "components" => source.components.extend(words),
            "enabled" => enabled = !matches!(value, "no" | "false" | "0" | "off"),
            _ => {}
        }
    }
    let binary = types.iter().any(|kind| kind == "deb");
    (binary && enabled && !source.uris.is_empty() && !source.suites.is_empty()).then_some(source)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn the_one_line_form_with_options_and_comments() {
        let text = "# a comment\n\
            deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main contrib # c\n\
            deb-src http://mirror.example/debian bookworm main\n\
            debian is great\n\
            \n\
            deb http://mirror.example/debian-security bookworm-security main\n";
        let sources = parse_one_line(text);
        assert_eq!(sources.len(), 2);
        assert_eq!(sources[0].uris, words(&["http://mirror.example/debian"]));
        assert_eq!(sources[0].suites, words(&["bookworm"]));
        assert_eq!(sources[0].components, words(&["main", "contrib"]));
        assert_eq!(sources[1].suites, words(&["bookworm-security"]));
    }

    #[test]
    fn the_deb822_form_with_comments_continuations_and_disabled_paragraphs() {
        let text = "Types: deb\n\
            # the nearest\n\
            URIs: http://a.example/debian\n\
            Suites: bookworm\n bookworm-updates\n\
            Components: main\n\
            Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINB: F\n\
            \n\
            Types: deb\nURIs: http://b.example/debian\nSuites: sid\nEnabled: no\n\
            \n\
            Types: deb-src\nURIs: http://c.example/debian\nSuites: sid\n";
        let sources = parse_deb822(text);
        assert_eq!(sources.len(), 1, "{sources:?}");
        assert_eq!(sources[0].uris, words(&["http://a.example/debian"]));
        assert_eq!(sources[0].suites, words(&["bookworm", "bookworm-updates"]));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(text in "\\PC{0,200}(\n\\PC{0,80}){0,8}") {
            parse_one_line(&text);
            parse_deb822(&text);
        }
    }
}
