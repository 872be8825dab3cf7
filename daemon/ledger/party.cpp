#include "daemon/ledger/party.hpp"

namespace usher::ledger {

bool may_have(Party::Kind kind, Source source)
{
    switch (kind) {
    case Party::Kind::company: return source != Source::personal;
    case Party::Kind::user: return source != Source::pool;
    case Party::Kind::instance: return source == Source::pool;
    }
    return false;
}

PartyId home_owner(const Party& user, const Party& company)
{
    if (company.source == Source::pool)
        return company.id;
    if (company.source == Source::delegate && user.source == Source::personal)
        return user.id;
    return {};
}

std::string_view word(Source source)
{
    switch (source) {
    case Source::root: return "root";
    case Source::pool: return "pool";
    case Source::personal: return "personal";
    case Source::delegate: return "delegate";
    }
    return "";
}

std::string_view word(Party::Kind kind)
{
    switch (kind) {
    case Party::Kind::company: return "company";
    case Party::Kind::user: return "user";
    case Party::Kind::instance: return "instance";
    }
    return "";
}

} // namespace usher::ledger
