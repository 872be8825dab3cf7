#pragma once

#include "daemon/ledger/answer.hpp"
#include "protocol/requirement.pb.h"

#include <cstdint>
#include <string>

/// What operators are told of requirements. Pure; any thread.
namespace usher::server {

/// As many requirements as fit in a frame; what follows is asked for after the last of them.
void fill(v1::RequirementList& to, const ledger::RequirementList& from);

void fill(v1::PrincipalList& to, const ledger::PrincipalList& from);

/// The first sentences, as many as fit.
void fill(v1::RequirementExplained& to, const ledger::Explanation& from);

/// Appends the frames of a report: there are as many rows as products, so it comes in parts.
void append_compliance(std::string& out, std::uint64_t request, const ledger::Compliance& from);

} // namespace usher::server
