//! The report for machines. docs/json.md describes it; it is stable.

use serde_json::{Value, json};

use crate::evidence::{CheckResult, LabResult, Status, last_error};

/// The name of the format. A change that could break a reader gets a new number.
const SCHEMA: &str = "socklab/report/v1";

/// The results as one JSON document, with a line end.
pub fn json(results: &[LabResult]) -> String {
    let results: Vec<Value> = results.iter().map(lab).collect();
    let document = json!({ "schema": SCHEMA, "results": results });
    // Serializing a Value cannot fail: it has no keys but strings.
    format!("{document:#}\n")
}

fn lab(result: &LabResult) -> Value {
    json!({
        "lab": result.lab,
        "number": result.number,
        "role": result.role,
        "program": result.program,
        "status": result.status,
        "duration_ms": result.duration_ms,
        "seed": result.seed,
        "network": result.network,
        "fallback": result.fallback,
        "inspection": result.inspection,
        "diagnosis": result.diagnosis,
        "scores": result.checks.iter().flat_map(|it| it.evidence.scores()).collect::<Vec<_>>(),
        "checks": result.checks.iter().map(check).collect::<Vec<Value>>(),
    })
}

fn check(result: &CheckResult) -> Value {
    let (first, others) = match result.diagnoses.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    let unmet = result.unmet.as_ref();
    let failed = result.status == Status::Failed;
    let mut value = json!({
        "id": result.id,
        "title": result.title,
        "status": result.status,
        "needs": result.needs,
        "reason": result.reason,
        "duration_ms": result.duration_ms,
        "right": result.right,
        "diagnosis": first,
        "other_diagnoses": others,
        "steps": result.steps.iter().map(|step| &step.text).collect::<Vec<_>>(),
        "runtime_error": failed.then(|| last_error(&result.evidence.output())).flatten(),
        "expected": unmet.map(|unmet| &unmet.expected),
        "observed": unmet.map(|unmet| &unmet.observed),
        "evidence": result.evidence,
    });
    if let Some(error) = &result.trouble {
        value["error"] = json!({ "what": error.what, "why": error.why, "next": error.next });
    }
    value
}
