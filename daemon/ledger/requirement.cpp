#include "daemon/ledger/requirement.hpp"

namespace usher::ledger {

std::string_view word(Model model)
{
    return model == Model::device ? "device" : "user";
}

std::string_view word(Consolidating kind)
{
    switch (kind) {
    case Consolidating::manual: return "manual";
    case Consolidating::remote: return "remote";
    case Consolidating::suite: return "suite";
    case Consolidating::version: return "version";
    }
    return "";
}

std::string_view word(RequirementStatus status)
{
    switch (status) {
    case RequirementStatus::unconfirmed: return "unconfirmed";
    case RequirementStatus::consolidated: return "consolidated";
    case RequirementStatus::license_required: return "license_required";
    case RequirementStatus::partially_licensed: return "partially_licensed";
    case RequirementStatus::licensed: return "licensed";
    }
    return "";
}

} // namespace usher::ledger
