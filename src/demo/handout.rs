//! The parts of a handout: its headings, its goal, its hints.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, OffsetIter, Parser, Tag, TagEnd};

use super::mistake::Source;
use super::prose::Prose;

/// What a handout consists of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sections {
    /// The text of the first `# ` heading.
    pub title: Option<String>,
    /// The first paragraph under `## Goal`, as plain text in one line.
    pub goal: Option<String>,
    /// The `## ` headings, in order.
    pub headings: Vec<Heading>,
}

/// A heading of a handout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its text.
    pub name: String,
    /// The line that it is on, from 1.
    pub line: usize,
}

impl Sections {
    /// Reads the outline of a handout.
    pub fn read(handout: &str) -> Sections {
        let source = Source { file: "", text: handout };
        let sections = split(handout);
        let title = sections.iter().find(|section| section.level == HeadingLevel::H1);
        let goal = sections.iter().find(|section| section.name == "Goal");
        let headings = sections.iter().filter(|section| section.level == HeadingLevel::H2);
        Sections {
            title: title.map(|section| section.name.clone()),
            goal: goal.and_then(|section| first_paragraph(handout, &section.body)),
            headings: headings
                .map(|section| Heading {
                    name: section.name.clone(),
                    line: source.line_of(section.heading.start),
                })
                .collect(),
        }
    }
}

/// The hints under `## Your task`, in order, as Markdown.
///
/// A hint is `<details><summary>Hint 1</summary> … </details>`; one that is not closed is left out.
pub fn hints(handout: &str) -> Vec<String> {
    let sections = split(handout);
    let Some(task) = sections.iter().find(|section| section.name == "Your task") else {
        return Vec::new();
    };
    let mut hints = Vec::new();
    let mut summary = None;
    let mut hint = None;
    for (tag, place) in tags(handout, &task.body) {
        match tag {
            "<summary>" => summary = Some(place.end),
            "</summary>" => {
                let title = summary.take().and_then(|start| handout.get(start..place.start));
                let is_hint = title.is_some_and(|title| title.trim().starts_with("Hint"));
                hint = is_hint.then_some(place.end);
            }
            _ => {
                let text = hint.take().and_then(|start: usize| handout.get(start..place.start));
                hints.extend(text.map(|text| text.trim().to_owned()));
            }
        }
    }
    hints
}

/// The tags that delimit hints, in order. One that is shown in code is none.
fn tags(handout: &str, body: &Range<usize>) -> Vec<(&'static str, Range<usize>)> {
    let mut tags = Vec::new();
    for (event, place) in events(handout) {
        if !matches!(event, Event::Html(_) | Event::InlineHtml(_)) || !body.contains(&place.start) {
            continue;
        }
        let html = &handout[place.clone()];
        for tag in ["<summary>", "</summary>", "</details>"] {
            tags.extend(html.match_indices(tag).map(|(at, _)| {
                let start = place.start + at;
                (tag, start..start + tag.len())
            }));
        }
    }
    tags.sort_by_key(|(_, place)| place.start);
    tags
}

/// A section of a handout, from its heading to the next heading of level 1 or 2.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) name: String,
    pub(super) level: HeadingLevel,
    pub(super) heading: Range<usize>,
    pub(super) body: Range<usize>,
}

/// The sections of a handout, in order.
pub(super) fn split(handout: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut prose = Prose::default();
    for (event, place) in events(handout) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1 | HeadingLevel::H2, .. }) => {
                prose = Prose::default();
                if let Some(last) = sections.last_mut() {
                    last.body.end = place.start;
                }
            }
            Event::End(TagEnd::Heading(level @ (HeadingLevel::H1 | HeadingLevel::H2))) => {
                let name = prose.finish().unwrap_or_default();
                let body = place.end..handout.len();
                sections.push(Section { name, level, heading: place, body });
            }
            event => prose.take(&event),
        }
    }
    sections
}

/// The events of a handout's Markdown. No extension is enabled.
pub(super) fn events(handout: &str) -> OffsetIter<'_> {
    Parser::new(handout).into_offset_iter()
}

fn first_paragraph(handout: &str, body: &Range<usize>) -> Option<String> {
    let mut prose = Prose::default();
    for (event, place) in events(handout).filter(|(_, place)| body.contains(&place.start)) {
        match event {
            Event::Start(Tag::Paragraph) => prose = Prose::default(),
            Event::End(TagEnd::Paragraph) if place.end <= body.end => return prose.finish(),
            event => prose.take(&event),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDOUT: &str = "\
# Lab 6: a server that `acks`

## Goal

You write a server
that *acknowledges*.

More.

## Watch it

```console server
## Not a heading
```

Your task
---------

<details><summary>Hint 1</summary>

Call `bind` first.

```rust
// </details>
```

</details>

<details>
<summary>Hint 2</summary>
Then `recv_from`.
</details>

<details><summary>Background</summary>no hint</details>
<details><summary>Hint 3</summary>in one line</details>
<details><summary>Hint 4</summary>never closed

## Check it

<details><summary>Hint 5</summary>elsewhere</details>
";

    #[test]
    fn the_outline_is_read() {
        let sections = Sections::read(HANDOUT);
        assert_eq!(sections.title.as_deref(), Some("Lab 6: a server that `acks`"));
        assert_eq!(sections.goal.as_deref(), Some("You write a server that acknowledges."));
        let headings: Vec<_> =
            sections.headings.iter().map(|heading| (heading.name.as_str(), heading.line)).collect();
        assert_eq!(headings, [("Goal", 3), ("Watch it", 10), ("Your task", 16), ("Check it", 38)]);
    }

    #[test]
    fn hints_are_those_of_the_task_in_order() {
        assert_eq!(
            hints(HANDOUT),
            [
                "Call `bind` first.\n\n```rust\n// </details>\n```",
                "Then `recv_from`.",
                "in one line"
            ]
        );
    }

    #[test]
    fn a_handout_without_anything_has_no_parts() {
        assert_eq!(Sections::read(""), Sections::default());
        assert_eq!(Sections::read("## Goal\n## Next\n\ntext").goal, None);
        assert!(hints("").is_empty());
        assert!(hints("## Your task\n\nDo it.").is_empty());
    }
}
