#pragma once

#include "protocol/operator.pb.h"
#include "tools/status_json.hpp"
#include "tools/table.hpp"

#include <string>

/// Products, requirements and what covers them, for people and programs. Pure. Units count rights.
namespace usher::tools {

/// A table of the products that are known.
[[nodiscard]] std::string products_text(const v1::StatusPart& picture, bool is_colored);
/// `{"name","vendor","model"}`; the model is null where nobody has said it.
[[nodiscard]] Json product_json(const v1::StatusPart::Product& product);

/// Grows part by part: there may be too many requirements to keep them all twice.
[[nodiscard]] Table requirements_table();
void add(Table& table, const v1::Requirement& requirement);

/// The names of the columns, and a line of them: of several covers each is `POOL:UNITS`.
[[nodiscard]] std::string requirements_csv_header();
[[nodiscard]] std::string requirement_csv(const v1::Requirement& requirement);

/// `{"product","vendor","kind","consumer","status","model","need","has","covers":[{"pool",
/// "product","vendor","units","downgrade"}],"covers_left_out","trigger","behind","because","note",
/// "foundations":[{"source","model","units","confirmed"}],"foundations_left_out","members"}`. Null
/// where there is none of it: model, trigger, behind, because, note. `behind` has the first four
/// members.
[[nodiscard]] Json requirement_json(const v1::Requirement& requirement);

/// What it is, why, what stands in the way, and what would change it.
[[nodiscard]] std::string explanation_text(const v1::RequirementExplained& explained);
/// `{"requirement","because":[…],"obstacles":[…],"what_if":[…]}`
[[nodiscard]] Json explanation_json(const v1::RequirementExplained& explained);

} // namespace usher::tools
