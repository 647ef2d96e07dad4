//! Checks an image before the VM trusts it: every index and every offset.

use theus_abi::header::{HEADER_SIZE, MAX_FAULT_ARGS};
use theus_abi::heavy::{Dim, HEAVY_WORDS};
use theus_abi::image::{Field, Image, Loc, Period, SiteKind, Stream, Zone};
use theus_abi::shape::{RING_DATA, Shape};

use crate::error::VmError;
use crate::text::repr;

/// Shapes nest at most so deep.
const DEPTH: u32 = 64;

type Found = Result<(), String>;

/// Whether the image agrees with itself.
pub(crate) fn image(image: &Image) -> Result<(), VmError> {
    let all = [extents, fields, heavy, functions, tables, streams];
    all.into_iter()
        .try_for_each(|check| check(image))
        .map_err(VmError::BadImage)
}

fn must(good: bool, text: impl FnOnce() -> String) -> Found {
    if good { Ok(()) } else { Err(text()) }
}

fn extents(image: &Image) -> Found {
    let ordered =
        HEADER_SIZE <= image.context_end && image.context_end <= image.fixed_end;
    must(ordered, || {
        format!(
            "contexts end at {}, fixed memory at {}",
            image.context_end, image.fixed_end
        )
    })?;
    let journal = image.journal.is_none_or(|journal| {
        image.context_end <= journal.start
            && journal.start <= journal.end
            && journal.end <= image.fixed_end
    });
    must(journal, || "the journal is misplaced".to_owned())
}

fn fields(image: &Image) -> Found {
    let mut end = u64::from(HEADER_SIZE);
    let mut placed: Vec<_> = image.fields.iter().collect();
    placed.sort_by_key(|field| field.offset);
    for field in placed {
        shape(&field.shape, 0)
            .map_err(|text| format!("field `{}`: {text}", field.path))?;
        if field.zone == Zone::Heavy {
            continue;
        }
        let start = u64::from(field.offset);
        let aligned = start.is_multiple_of(u64::from(field.shape.align()));
        must(start >= end && aligned, || {
            format!("field `{}` is misplaced", field.path)
        })?;
        end = start.saturating_add(field.shape.size());
        must(end <= u64::from(image.context_end), || {
            format!("field `{}` ends behind the contexts", field.path)
        })?;
    }
    let mut paths: Vec<_> = image
        .fields
        .iter()
        .map(|field| field.path.as_str())
        .collect();
    paths.sort_unstable();
    let twice = paths.iter().zip(paths.iter().skip(1)).find(|(a, b)| a == b);
    must(twice.is_none(), || {
        format!("two fields are called `{}`", twice.map_or("", |(a, _)| a))
    })
}

/// The words of heavy fields and sizes lie in the contexts, apart from each other.
fn heavy(image: &Image) -> Found {
    let mut end = u64::from(HEADER_SIZE);
    let words = image.heavy.iter().map(|heavy| (heavy.table, HEAVY_WORDS));
    let sizes = image.sizes.iter().map(|size| (size.offset, 8));
    for (offset, bytes) in words.chain(sizes) {
        let start = u64::from(offset);
        must(start >= end && start.is_multiple_of(8), || {
            "a word of a heavy field is misplaced".to_owned()
        })?;
        end = start + u64::from(bytes);
    }
    must(end <= u64::from(image.context_end), || {
        "words of heavy fields end behind the contexts".to_owned()
    })?;
    for heavy in &image.heavy {
        let field = image.fields.get(heavy.field as usize);
        let good = field.is_some_and(|field| field.zone == Zone::Heavy);
        let known = |dim: &Dim| match dim {
            Dim::Const(size) => *size > 0,
            Dim::Size(at) => (*at as usize) < image.sizes.len(),
        };
        must(good && heavy.dims.iter().all(known), || {
            "a heavy field contradicts itself".to_owned()
        })?;
    }
    Ok(())
}

/// Sizes agree, and nothing is nested too deep to walk.
fn shape(of: &Shape, depth: u32) -> Found {
    must(depth < DEPTH, || "nested too deep".to_owned())?;
    let is_int = |repr: &theus_abi::Repr| !repr.is_float();
    match of {
        Shape::Bool | Shape::Duration | Shape::Handle(_) | Shape::Str { .. } => Ok(()),
        Shape::Int(repr) | Shape::Uint(repr) => {
            must(is_int(repr), || "no integer".to_owned())
        }
        Shape::Float(repr) => must(repr.is_float(), || "no float".to_owned()),
        Shape::Enum { repr, variants, .. } => {
            must(is_int(repr) && !variants.is_empty(), || {
                "an enum without variants".to_owned()
            })
        }
        Shape::Struct {
            members,
            size,
            align,
            ..
        } => {
            must(matches!(align, 1 | 2 | 4 | 8), || {
                format!("alignment {align}")
            })?;
            placed(members, u64::from(*size), *align, depth)
        }
        Shape::Choice {
            repr,
            variants,
            size,
            align,
            ..
        } => {
            must(is_int(repr) && !variants.is_empty(), || {
                "an enum without variants".to_owned()
            })?;
            variants.iter().try_for_each(|(_, members)| {
                placed(members, u64::from(*size), *align, depth)
            })
        }
        Shape::Array { elem, dims } => {
            must(!dims.is_empty(), || {
                "an array without dimensions".to_owned()
            })?;
            shape(elem, depth + 1)
        }
        Shape::Option(elem) => shape(elem, depth + 1),
        Shape::Ring {
            elem,
            capacity,
            slots,
        } => {
            let good = *capacity <= *slots && *slots > 0 && elem.align() <= RING_DATA;
            must(good, || "a ring without slots".to_owned())?;
            shape(elem, depth + 1)
        }
    }
}

/// Members lie in the whole.
fn placed(members: &[(String, u32, Shape)], size: u64, align: u32, depth: u32) -> Found {
    for (name, offset, member) in members {
        shape(member, depth + 1)?;
        let end = u64::from(*offset).saturating_add(member.size());
        let aligned = u64::from(*offset).is_multiple_of(u64::from(member.align()));
        let good = end <= size && aligned && member.align() <= align;
        must(good, || format!("member `{name}` is misplaced"))?;
    }
    Ok(())
}

/// Functions of properties, and where their inputs lie.
fn properties(image: &Image, known: &dyn Fn(u32) -> Found) -> Found {
    for property in &image.properties {
        known(property.func)?;
        property.hollow.map_or(Ok(()), known)?;
        for one in property.inputs.iter().chain(&property.after) {
            shape(&one.shape, 0)?;
            let end = u64::from(one.offset).saturating_add(one.shape.size());
            let good = one.offset >= HEADER_SIZE && end <= u64::from(image.fixed_end);
            must(good, || format!("input `{}` is misplaced", one.name))?;
        }
    }
    Ok(())
}

fn functions(image: &Image) -> Found {
    let count = image.functions.len();
    let known = |func: u32| {
        let good = usize::try_from(func).is_ok_and(|func| func < count);
        must(good, || format!("no function {func}"))
    };
    known(image.init)?;
    known(image.validate)?;
    for &(field, func) in &image.globals {
        known(func)?;
        let field = usize::try_from(field)
            .ok()
            .and_then(|field| image.fields.get(field));
        let is_global = field.is_some_and(|field| field.zone == Zone::Global);
        must(is_global, || {
            "the default of something that is no global".to_owned()
        })?;
    }
    let tests = image.tests.iter().chain(&image.benches);
    tests.into_iter().try_for_each(|test| known(test.func))?;
    properties(image, &known)?;
    if let Some(all) = image.all {
        let at = usize::try_from(all).unwrap_or(usize::MAX);
        must(at < image.pipelines.len(), || format!("no pipeline {all}"))?;
    }
    for pipeline in &image.pipelines {
        known(pipeline.ticks)?;
        pipeline
            .start
            .into_iter()
            .chain(pipeline.stop)
            .try_for_each(known)?;
        if let Period::Global(offset) = pipeline.period {
            let is_period =
                |field: &Field| field.offset == offset && field.shape == Shape::Duration;
            must(image.fields.iter().any(is_period), || {
                format!("pipeline `{}` has no period", pipeline.name)
            })?;
        }
    }
    Ok(())
}

fn tables(image: &Image) -> Found {
    let within =
        |index: u32, len: usize| usize::try_from(index).is_ok_and(|index| index < len);
    let process = |index: u32| {
        must(within(index, image.processes.len()), || {
            format!("no process {index}")
        })
    };
    let in_file = |loc: Loc| {
        must(within(loc.file, image.files.len()), || {
            "a site in no file".to_owned()
        })
    };
    for call in &image.calls {
        in_file(call.loc)?;
        call.process.into_iter().try_for_each(process)?;
    }
    for site in &image.sites {
        must(site.args.len() <= MAX_FAULT_ARGS, || {
            "a site of too many operands".to_owned()
        })?;
        site.process.into_iter().try_for_each(process)?;
        let locs = std::iter::once(site.loc).chain(site.call);
        locs.into_iter().try_for_each(in_file)?;
        if let SiteKind::Raise(error) = site.kind {
            must(within(error, image.errors.len()), || {
                format!("no error {error}")
            })?;
        }
    }
    for pipeline in &image.pipelines {
        pipeline.processes.iter().copied().try_for_each(process)?;
    }
    Ok(())
}

fn streams(image: &Image) -> Found {
    image
        .sinks
        .iter()
        .chain(&image.sources)
        .try_for_each(|stream| row(image, stream))
}

fn row(image: &Image, stream: &Stream) -> Found {
    must(stream.row >= HEADER_SIZE, || {
        format!("the row of `{}` is misplaced", stream.path)
    })?;
    for column in &stream.columns {
        let is_scalar =
            repr(&column.shape).is_some() || matches!(column.shape, Shape::Str { .. });
        let start = u64::from(stream.row) + u64::from(column.offset);
        let end = start.saturating_add(column.shape.size());
        must(is_scalar && end <= u64::from(image.fixed_end), || {
            format!("column `{}` of `{}` is misplaced", column.name, stream.path)
        })?;
    }
    Ok(())
}
