#include "client/c_refusal.hpp"

#include <cassert>
#include <utility>
#include <vector>

namespace usher::client {

struct OwnedRefusal::Storage {
    v1::Refused refused;
    std::vector<const char*> cures;
    std::vector<usher_holder> holders;
    std::vector<const usher_holder*> holder_places;
};

OwnedRefusal::OwnedRefusal(usher_status said, const v1::Refused& refused)
    : usher_refusal{}, storage_(std::make_unique<Storage>())
{
    storage_->refused = refused;
    const v1::Refused& kept = storage_->refused;
    for (const std::string& cure : kept.cures())
        storage_->cures.push_back(cure.c_str());
    for (const v1::Holder& holder : kept.holders())
        storage_->holders.push_back({sizeof(usher_holder), holder.user().c_str(),
                                     holder.device().c_str(), holder.lease().c_str(),
                                     holder.units(), holder.since_us()});
    for (const usher_holder& holder : storage_->holders)
        storage_->holder_places.push_back(&holder);
    size = sizeof(usher_refusal);
    status = said;
    code = kept.code().c_str();
    text = kept.text().c_str();
    cures = storage_->cures.data();
    cures_count = storage_->cures.size();
    subject = kept.subject().c_str();
    stock = kept.has_stock() ? kept.stock() : -1;
    held = kept.has_held() ? kept.held() : -1;
    want = kept.has_want() ? kept.want() : -1;
    missing = kept.has_short_() ? kept.short_() : -1;
    queue = kept.has_queue() ? kept.queue() : -1;
    holders = storage_->holder_places.data();
    holders_count = storage_->holder_places.size();
    detail = kept.detail().c_str();
    because = kept.because().c_str();
    row = kept.has_row() ? kept.row() : -1;
}

OwnedRefusal::~OwnedRefusal() = default;

usher_status status_of(Setback setback)
{
    switch (setback) {
    case Setback::refused: return USHER_REFUSED;
    case Setback::unreachable: return USHER_UNREACHABLE;
    case Setback::wrong_server: return USHER_WRONG_SERVER;
    case Setback::turned_away: return USHER_TURNED_AWAY;
    case Setback::unknown_seat: return USHER_UNKNOWN_LEASE;
    case Setback::unknown_watch: return USHER_UNKNOWN_WATCH;
    case Setback::limit: return USHER_LIMIT;
    case Setback::in_callback: return USHER_IN_CALLBACK;
    case Setback::forked: return USHER_FORKED;
    case Setback::closed: return USHER_CLOSED;
    }
    assert(false && "a setback without a status");
    return USHER_LIMIT;
}

usher_status report(const No& no, usher_refusal** refusal)
{
    const usher_status status = status_of(no.setback);
    if (refusal != nullptr)
        *refusal = new OwnedRefusal(status, no.why);
    return status;
}

usher_status report_argument(std::string what, usher_refusal** refusal, std::size_t row)
{
    v1::Refused refused;
    refused.set_code("BAD_ARGUMENT");
    refused.set_text(std::move(what));
    refused.add_cures("correct the call; usher.h says what it needs");
    if (row != 0)
        refused.set_row(static_cast<std::int64_t>(row));
    if (refusal != nullptr)
        *refusal = new OwnedRefusal(USHER_BAD_ARGUMENT, refused);
    return USHER_BAD_ARGUMENT;
}

} // namespace usher::client
