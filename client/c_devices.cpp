#include "client/c_client.hpp"
#include "client/c_options.hpp"
#include "client/c_pools.hpp"
#include "client/c_refusal.hpp"
#include "client/devices.hpp"
#include "daemon/trust/signature.hpp"
#include "protocol/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace usher::client;
namespace protocol = usher::protocol;
namespace v1 = usher::v1;

static_assert(USHER_DEVICES_MAX == protocol::rows_max);

namespace {

constexpr usher_lease_id no_lease{};

bool is_none(const usher_lease_id& id)
{
    return std::ranges::equal(id.bytes, no_lease.bytes);
}

std::string bytes_of(const usher_lease_id& id)
{
    return {reinterpret_cast<const char*>(id.bytes), sizeof id.bytes};
}

/// The rows of a caller whose header may be of another version than ours, and then they are of
/// another length than ours, too.
class Rows {
  public:
    explicit Rows(const usher_registration& wish)
        : first_(reinterpret_cast<std::byte*>(wish.devices)), count_(wish.devices_count),
          stride_(wish.devices->size)
    {}
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] usher_device& at(std::size_t index) const
    {
        return *reinterpret_cast<usher_device*>(first_ + index * stride_);
    }
    /// None: it has another size than the first, or members that we do not know.
    [[nodiscard]] std::optional<usher_device> row(std::size_t index) const
    {
        return at(index).size == stride_ ? take(&at(index)) : std::nullopt;
    }

  private:
    std::byte* first_;
    std::size_t count_;
    std::size_t stride_;
};

/// The first thing that is wrong with a device; none: nothing is.
std::optional<std::string> objection(const std::optional<usher_device>& device)
{
    if (!device)
        return "devices: of another size than the first, or of a later version";
    const auto is_name = [](const char* name) {
        const std::string_view text(name);
        return !text.empty() && text.size() <= protocol::name_bytes_max;
    };
    if (device->device == nullptr || !is_name(device->device))
        return "devices: device: a name has 1 to 256 bytes";
    if (device->user != nullptr && !is_name(device->user))
        return "devices: user: a name has 1 to 256 bytes";
    if (device->units > static_cast<std::uint64_t>(protocol::units_per_checkout_max))
        return "devices: units: more than 1000000000";
    return std::nullopt;
}

/// Every device has an id from now on, and keeps it.
void name_leases(const Rows& rows)
{
    for (std::size_t i = 0; i < rows.count(); ++i)
        if (usher_lease_id& id = rows.at(i).lease; is_none(id))
            usher::trust::fill_random(id.bytes);
}

void add_rows(v1::Register& asked, const Rows& rows)
{
    asked.mutable_rows()->Reserve(static_cast<int>(rows.count()));
    for (std::size_t i = 0; i < rows.count(); ++i) {
        const usher_device& device = rows.at(i);
        v1::Register::Row& row = *asked.add_rows();
        row.set_lease(bytes_of(device.lease));
        row.set_device(device.device);
        if (device.user != nullptr)
            row.set_user(device.user);
        row.set_units(device.units);
    }
}

/// The registration as it is asked for; none: it was said in `refusal` what is wrong.
std::optional<v1::Register> read(const usher_client& client, const usher_registration* wish,
                                 usher_refusal** refusal)
{
    const auto bad = [&](const std::string& what, std::size_t row = 0) {
        report_argument(what, refusal, row);
        return std::nullopt;
    };
    const auto taken = take(wish);
    if (!taken)
        return bad("wish: NULL, without a size, or of a later version");
    auto place = read_place(taken->profile, taken->pool, taken->party, client.common);
    if (!place)
        return bad(place.error().what);
    const std::string user = taken->user != nullptr ? taken->user : client.common.user;
    if (user.empty() || user.size() > protocol::name_bytes_max)
        return bad("user: a name has 1 to 256 bytes");
    if (taken->devices == nullptr || taken->devices_count == 0)
        return bad("devices: none is given");
    if (taken->devices_count > protocol::rows_max)
        return bad("devices: more than 10000");
    const Rows rows(*taken);
    for (std::size_t i = 0; i < rows.count(); ++i)
        if (const auto what = objection(rows.row(i)))
            return bad(*what, i + 1);
    name_leases(rows);
    v1::Register asked;
    asked.set_profile(std::move(place->profile));
    asked.set_pool(std::move(place->pool));
    asked.set_party(std::move(place->party));
    asked.set_user(user);
    add_rows(asked, rows);
    if (const auto what = why_too_long(asked))
        return bad("devices: " + *what);
    return asked;
}

/// A list that owns what its pointers show. Stands still: it points into itself.
struct OwnedList : usher_device_list {
    explicit OwnedList(v1::LeaseList list) : usher_device_list{}, heard(std::move(list))
    {
        for (const v1::LeaseList::Lease& lease : heard.leases()) {
            usher_held_device shown{
                sizeof(usher_held_device), no_lease,
                lease.device().c_str(),    lease.user().c_str(),
                lease.pool().c_str(),      lease.party().c_str(),
                lease.profile().c_str(),   lease.units(),
                lease.started_us(),        lease.has_ends_us() ? lease.ends_us() : -1};
            std::copy_n(lease.lease().begin(),
                        std::min(lease.lease().size(), sizeof shown.lease.bytes),
                        shown.lease.bytes);
            kept.push_back(shown);
        }
        for (const usher_held_device& device : kept)
            places.push_back(&device);
        size = sizeof(usher_device_list);
        devices = places.data();
        devices_count = places.size();
        after = heard.after();
    }
    OwnedList(const OwnedList&) = delete;
    OwnedList& operator=(const OwnedList&) = delete;

    v1::LeaseList heard;
    std::vector<usher_held_device> kept;
    std::vector<const usher_held_device*> places;
};

} // namespace

usher_status usher_devices_register(usher_client* client, const usher_registration* wish,
                                    usher_pool** pool, usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (pool != nullptr)
            *pool = nullptr;
        if (client == nullptr)
            return report_argument("client: is NULL", refusal);
        auto asked = read(*client, wish, refusal);
        if (!asked)
            return USHER_BAD_ARGUMENT;
        const Instant asked_at = Clock::now();
        const auto registered = register_devices(*client->attendant, *std::move(asked));
        if (!registered)
            return report(registered.error(), refusal);
        if (pool != nullptr)
            *pool = new OwnedPool({registered->pool(), asked_at, {}}, Clock::now());
        return USHER_OK;
    });
}

usher_status usher_devices_list(usher_client* client, const char* party, std::uint64_t after,
                                usher_device_list** list, usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (client == nullptr || list == nullptr)
            return report_argument("client and list must not be NULL", refusal);
        *list = nullptr;
        const std::string whose = party != nullptr ? party : "";
        if (whose.size() > protocol::name_bytes_max)
            return report_argument("party: a name has 1 to 256 bytes", refusal);
        auto part = list_devices(*client->attendant, whose, after);
        if (!part)
            return report(part.error(), refusal);
        *list = new OwnedList(*std::move(part));
        return USHER_OK;
    });
}

void usher_device_list_free(usher_device_list* list)
{
    delete static_cast<OwnedList*>(list);
}

usher_status usher_devices_checkin(usher_client* client, const usher_lease_id* leases,
                                   std::size_t leases_count, usher_refusal** refusal)
{
    return guarded([&] {
        if (refusal != nullptr)
            *refusal = nullptr;
        if (client == nullptr)
            return report_argument("client: is NULL", refusal);
        if (leases == nullptr || leases_count == 0)
            return report_argument("leases: none is given", refusal);
        if (leases_count > protocol::rows_max)
            return report_argument("leases: more than 10000", refusal);
        std::vector<std::string> ids;
        ids.reserve(leases_count);
        for (std::size_t i = 0; i < leases_count; ++i) {
            if (is_none(leases[i]))
                return report_argument("leases: all zero is no lease", refusal, i + 1);
            ids.push_back(bytes_of(leases[i]));
        }
        const auto no = give_back_devices(*client->attendant, ids);
        return no ? report(*no, refusal) : USHER_OK;
    });
}
