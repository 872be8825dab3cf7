#include "tests/world/wire.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace usher::world {
namespace {

/// What the system keeps for the other end before it says that there is no room.
constexpr std::size_t window_bytes = 16 << 10;

/// A packet.
constexpr std::size_t parcel_bytes_max = 1400;

} // namespace

void Wire::put(Pipe& pipe, std::string_view bytes)
{
    if (pipe.has_end)
        return;
    while (!bytes.empty()) { // Most are a packet each; some are torn at any byte.
        std::size_t size = std::min(bytes.size(), parcel_bytes_max);
        if (chance_.one_in(8))
            size = 1 + chance_.below(size);
        pipe.parcels.push_back({arrival(pipe), std::string(bytes.substr(0, size)), false, false});
        bytes.remove_prefix(size);
    }
}

void Wire::put_end(Pipe& pipe, bool is_reset)
{
    if (pipe.has_end && !is_reset)
        return;
    if (is_reset)
        std::erase_if(pipe.parcels, [](const Parcel& parcel) { return !parcel.is_reset; });
    pipe.parcels.push_back({arrival(pipe), {}, true, is_reset});
    pipe.has_end = true;
}

/// In order, whatever chance says of each.
SteadyInstant Wire::arrival(const Pipe& pipe)
{
    const SteadyInstant last = pipe.parcels.empty() ? SteadyInstant{} : pipe.parcels.back().due;
    if (light_ == Light::off)
        return SteadyInstant::max();
    return std::max(last, clock_.steady() + chance_.between<Duration>(Duration(20), delay_max_));
}

bool Wire::has_arrived(const Pipe& pipe) const
{
    return !pipe.parcels.empty() && pipe.parcels.front().due <= clock_.steady();
}

std::size_t Wire::bytes_in(const Pipe& pipe) const
{
    std::size_t bytes = 0;
    for (const Parcel& parcel : pipe.parcels)
        bytes += parcel.bytes.size();
    return bytes;
}

std::string Wire::receive()
{
    std::string bytes;
    while (has_arrived(to_client_) && !to_client_.parcels.front().is_end) {
        bytes += to_client_.parcels.front().bytes;
        to_client_.parcels.pop_front();
    }
    return bytes;
}

void Wire::close_client(bool at_once)
{
    client_is_gone_ = true;
    put_end(to_server_, at_once);
    to_client_.parcels.clear();
    to_client_.has_end = true;
}

bool Wire::has_ended_for_client() const
{
    return has_arrived(to_client_) && to_client_.parcels.front().is_end;
}

void Wire::darken()
{
    light_ = Light::off;
    for (Pipe* const pipe : {&to_server_, &to_client_})
        for (Parcel& parcel : pipe->parcels)
            if (parcel.due > clock_.steady())
                parcel.due = SteadyInstant::max();
}

void Wire::lighten()
{
    light_ = Light::on;
    for (Pipe* const pipe : {&to_server_, &to_client_})
        for (SteadyInstant last{}; Parcel & parcel : pipe->parcels) {
            if (parcel.due == SteadyInstant::max())
                parcel.due = std::max(
                    last, clock_.steady() + chance_.between<Duration>(Duration(20), delay_max_));
            last = parcel.due;
        }
}

void Wire::reset(bool client_hears, bool server_hears)
{
    if (server_hears)
        put_end(to_server_, true);
    if (client_hears && !client_is_gone_)
        put_end(to_client_, true);
    // Who does not hear it is left with a line that is dead in both directions.
    if (!server_hears || !client_hears) {
        to_server_.has_end = true;
        to_client_.has_end = true;
    }
}

void Wire::lose_server(bool is_told)
{
    if (is_told && !client_is_gone_) // What the process had written still comes, or most of it.
        put_end(to_client_, chance_.one_in(3));
    server_is_gone_ = true;
    reader_.reset();
    writer_.reset();
    to_server_.parcels.clear();
    to_server_.has_end = true;
    to_client_.has_end = true;
}

SteadyInstant Wire::next_arrival() const
{
    if (to_client_.parcels.empty() || client_is_gone_)
        return SteadyInstant::max();
    return to_client_.parcels.front().due;
}

SteadyInstant Wire::next_arrival_at_server() const
{
    SteadyInstant next = SteadyInstant::max();
    const auto& parcels = to_server_.parcels;
    if (reader_ && !parcels.empty())
        next = std::min(next, parcels.front().due);
    if (writer_ && !parcels.empty() && parcels.back().is_reset)
        next = std::min(next, parcels.back().due);
    if (writer_ && bytes_in(to_client_) < window_bytes)
        next = clock_.steady();
    return next;
}

bool Wire::has_news_for_client() const
{
    return !client_is_gone_ && has_arrived(to_client_);
}

bool Wire::serve_waiter()
{
    const bool has_reset = !to_server_.parcels.empty() && to_server_.parcels.back().is_reset &&
                           to_server_.parcels.back().due <= clock_.steady();
    if (writer_ && (bytes_in(to_client_) < window_bytes || has_reset)) {
        std::exchange(writer_, nullptr)->on_writable();
        return true;
    }
    if (reader_ && has_arrived(to_server_)) {
        std::exchange(reader_, nullptr)->on_readable();
        return true;
    }
    return false;
}

bool Wire::is_over() const
{
    return client_is_gone_ && (is_closed_by_server_ || server_is_gone_);
}

bool WireChannel::is_reset() const
{
    const auto& parcels = wire_->to_server_.parcels;
    return !parcels.empty() && parcels.back().is_reset &&
           parcels.back().due <= wire_->clock_.steady();
}

server::Channel::Moved WireChannel::read(std::span<std::byte> room)
{
    auto& parcels = wire_->to_server_.parcels;
    if (is_reset()) {
        wire_->server_noticed_end_ = true;
        fault_ = "Connection reset by peer";
        return {Step::broken};
    }
    if (!wire_->has_arrived(wire_->to_server_))
        return {Step::wants_to_read};
    Wire::Parcel& first = parcels.front();
    if (first.is_end) {
        wire_->server_noticed_end_ = true;
        return {Step::ended};
    }
    const std::size_t size = std::min(room.size(), first.bytes.size());
    std::memcpy(room.data(), first.bytes.data(), size);
    first.bytes.erase(0, size);
    if (first.bytes.empty())
        parcels.pop_front();
    return {Step::done, size};
}

server::Channel::Moved WireChannel::write(std::span<const std::byte> bytes)
{
    if (is_reset()) {
        wire_->server_noticed_end_ = true;
        fault_ = "Broken pipe";
        return {Step::broken};
    }
    const std::size_t held = wire_->bytes_in(wire_->to_client_);
    if (held >= window_bytes || std::exchange(is_busy_, false))
        return {Step::wants_to_write};
    std::size_t size = std::min(bytes.size(), window_bytes - held);
    if (wire_->chance_.one_in(8)) {
        size = 1 + wire_->chance_.below(size);
        is_busy_ = true;
    }
    wire_->put(wire_->to_client_, {reinterpret_cast<const char*>(bytes.data()), size});
    return {Step::done, size};
}

void WireChannel::wait_to_read(std::shared_ptr<server::Waiter> waiter)
{
    wire_->reader_ = std::move(waiter);
}

void WireChannel::wait_to_write(std::shared_ptr<server::Waiter> waiter)
{
    wire_->writer_ = std::move(waiter);
}

void WireChannel::close_writing()
{
    wire_->put_end(wire_->to_client_, false);
}

void WireChannel::close()
{
    wire_->reader_.reset();
    wire_->writer_.reset();
    wire_->is_closed_by_server_ = true;
    wire_->put_end(wire_->to_client_, resets_);
    wire_->to_server_.has_end = true;
}

} // namespace usher::world
