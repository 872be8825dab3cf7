#include "daemon/server/shares.hpp"

#include "daemon/server/session.hpp"

#include <algorithm>
#include <functional>

namespace usher::server {

namespace {

/// Two that have the same would take turns as one does, and nothing else.
std::uint64_t number_of(const std::string& name, const Origin& origin)
{
    return std::hash<std::string>{}(name + '@' + std::string(origin.begin(), origin.end())) | 1;
}

} // namespace

std::shared_ptr<Share> Shares::find(const std::string& name, const Origin& origin)
{
    std::weak_ptr<Share>& known = shares_[{name, origin}];
    if (auto share = known.lock())
        return share;
    const auto made = std::make_shared<Share>();
    made->number = number_of(name, origin);
    known = made;
    return made;
}

// No identity has one of these two names: each has a kind and a colon, or is `anonymous`.

std::shared_ptr<Share> Shares::of_newcomers(const Origin& origin)
{
    auto share = find("", origin);
    share->is_of_newcomers = true;
    return share;
}

std::shared_ptr<Share> Shares::of_local_newcomers()
{
    return find("local", {});
}

std::shared_ptr<Share> Shares::of(const std::string& identity, const Origin& origin)
{
    return find(identity, identity == ledger::anonymous ? origin : Origin{});
}

Shares::Largest Shares::look_around()
{
    Largest largest;
    std::erase_if(shares_, [&](const auto& entry) {
        const auto share = entry.second.lock();
        if (!share)
            return true;
        largest.sessions = std::max(largest.sessions, share->sessions);
        largest.questions = std::max(largest.questions, share->questions);
        return false;
    });
    return largest;
}

void Shares::keep(std::uint64_t connection, std::shared_ptr<Share> share, Errands errands)
{
    estates_.emplace(connection, Estate{std::move(share), std::move(errands)});
}

std::size_t Shares::let_go(std::uint64_t connection, std::uint64_t request)
{
    const auto found = estates_.find(connection);
    if (found == estates_.end())
        return 0;
    Estate& estate = found->second;
    const Errand errand = estate.errands.take(request);
    estate.share->questions -= errand.weight;
    if (estate.errands.count() == 0)
        estates_.erase(found);
    return errand.bytes;
}

} // namespace usher::server
