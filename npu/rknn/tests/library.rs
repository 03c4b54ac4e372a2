//! Finding and opening the library, and refusing what is none or of another version.
#![allow(missing_docs)]

mod common;

use common::stub::{MODEL, Stub, compile};
use triune_rknn::{
    ApiVersion, Call, Context, Error, Form, InitFlags, Library, OpenError, OpenOptions, Role,
    SYMBOLS, Use, VersionError,
};

#[test]
fn without_a_library_the_error_says_where_it_was_sought() {
    let error = Library::open("/nowhere/librknnrt.so").unwrap_err();
    assert!(matches!(&error, OpenError::Absent { .. }), "{error:?}");
    assert!(error.to_string().contains("no NPU runtime"), "{error}");
    assert!(
        error.to_string().contains("/nowhere/librknnrt.so"),
        "{error}"
    );
    let bare = Library::open("librknnrt-that-nobody-has.so").unwrap_err();
    assert!(matches!(bare, OpenError::Unloadable { .. }), "{bare:?}");
}

#[test]
fn what_is_no_library_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("librknnrt.so");
    for content in [&b""[..], b"hello", b"\x7fELF\x02\x01\x01"] {
        std::fs::write(&path, content).unwrap();
        let error = Library::open(&path).unwrap_err();
        assert!(matches!(error, OpenError::Unloadable { .. }), "{error:?}");
    }
}

#[test]
fn a_library_without_a_needed_function_is_refused_by_its_name() {
    let Some(compiled) = compile("few_symbols.c", &["-DWITHOUT_CORE_MASK"]) else {
        return;
    };
    let error = Library::open(&compiled.path).unwrap_err();
    let OpenError::NotUsable { missing, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(missing, &[Call::SetCoreMask]);
    assert!(error.to_string().contains("rknn_set_core_mask"), "{error}");
}

#[test]
fn a_library_with_few_functions_computes_and_lacks_the_rest_by_name() {
    let Some(compiled) = compile("few_symbols.c", &[]) else {
        return;
    };
    let library = Library::open(&compiled.path).unwrap();
    let missing = library.missing();
    for symbol in SYMBOLS {
        let needed = matches!(symbol.used, Use::Needed { .. });
        assert_eq!(missing.contains(&symbol.call), !needed, "{}", symbol.name);
    }
    let mut context = Context::load(&library, MODEL, InitFlags::empty()).unwrap();
    context.bind_new(Role::Input, 0, Form::Native).unwrap();
    context.run().unwrap();
    let lacks = |call| Error::MissingSymbol { call };
    assert_eq!(context.duplicate().unwrap_err(), lacks(Call::DupContext));
    assert_eq!(
        context.set_batch_cores(2).unwrap_err(),
        lacks(Call::SetBatchCoreNum)
    );
    assert_eq!(
        context.set_shapes(&[&[1]]).unwrap_err(),
        lacks(Call::SetInputShape)
    );
}

#[test]
fn versions_other_than_2_are_refused_and_their_context_destroyed() {
    let Some(stub) = Stub::open() else { return };
    let load = |stub: &Stub| Context::load(&stub.library, MODEL, InitFlags::empty());
    for (text, expected) in [
        (
            "1.4.0 (abc)",
            VersionError::TooOld {
                found: "1.4.0 (abc)".to_owned(),
            },
        ),
        (
            "9.0.0",
            VersionError::TooNew {
                found: "9.0.0".to_owned(),
            },
        ),
        (
            "garbage",
            VersionError::Unreadable {
                found: "garbage".to_owned(),
            },
        ),
        (
            "",
            VersionError::Unreadable {
                found: String::new(),
            },
        ),
    ] {
        stub.set_version(text);
        assert_eq!(load(&stub).unwrap_err(), Error::Version(expected));
        stub.assert_nothing_left();
    }
    stub.set_version("2.0.0");
    assert_eq!(load(&stub).unwrap().versions().api, "2.0.0");
}

#[test]
fn a_newer_version_is_accepted_where_the_settings_say_so() {
    let Some(stub) = Stub::open() else { return };
    stub.set_version("3.0.0");
    let options = OpenOptions {
        accept_newer_major: true,
    };
    let library = Library::open_with(&stub.compiled.path, options).unwrap();
    assert!(Context::load(&library, MODEL, InitFlags::empty()).is_ok());
    stub.set_version("1.6.0");
    assert!(Context::load(&library, MODEL, InitFlags::empty()).is_err());
}

#[test]
fn the_soft_runtime_is_known_by_its_name_and_explains_what_it_does_not_read() {
    let Some(stub) = Stub::open() else { return };
    assert_eq!(stub.library.soft_runtime(), None);
    let Some(compiled) = compile("runtime.c", &["-DSOFT"]) else {
        return;
    };
    let library = Library::open(&compiled.path).unwrap();
    assert_eq!(library.soft_runtime(), Some("stub"));
    let error = Context::load(&library, b"RKNN\0\0\0\0", InitFlags::empty()).unwrap_err();
    assert!(error.to_string().contains("takes ONNX"), "{error}");
}

#[test]
fn versions_are_read_from_what_libraries_say() {
    let numbers = |major, minor, patch| {
        Some(ApiVersion {
            major,
            minor,
            patch,
        })
    };
    let real = "2.3.2 (429f97ae6b@2025-04-09T09:09:27)";
    assert_eq!(ApiVersion::parse(real), numbers(2, 3, 2));
    assert_eq!(ApiVersion::parse("2.3"), numbers(2, 3, 0));
    for nonsense in ["2", "", "two.three", "2.3.2.1", "-2.3.1", "2.x.1"] {
        assert_eq!(ApiVersion::parse(nonsense), None, "{nonsense}");
    }
}

#[test]
fn every_function_stands_once_in_the_table() {
    assert_eq!(SYMBOLS.len(), 35);
    for (position, symbol) in SYMBOLS.iter().enumerate() {
        assert_eq!(symbol.call as usize, position);
        assert_eq!(symbol.call.name(), symbol.name);
        assert_eq!(
            SYMBOLS
                .iter()
                .filter(|other| other.name == symbol.name)
                .count(),
            1
        );
    }
}
