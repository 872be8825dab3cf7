#include "daemon/server/hall.hpp"
#include "daemon/server/session.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <utility>

/// How letters come from the desk to the sessions of a hall. The rest of a hall is in hall.cpp.
namespace usher::server {
namespace {

namespace asio = boost::asio;

/// Letters that are read out before others have their turn.
constexpr std::size_t letters_at_once_max = 256;

} // namespace

/// Not by `asio::post`: that holds locks of the hall's loop while it wakes the hall, which then
/// waits for them.
void Hall::deliver(Mail letters)
{
    if (letterbox_.put(std::move(letters)))
        bell_.ring();
}

void Hall::await_mail()
{
    rings_.async_wait(asio::posix::descriptor_base::wait_read,
                      [this](const boost::system::error_code& error) {
                          if (error == asio::error::operation_aborted)
                              return;
                          assert(!error); // A hall that hears nothing more must not go on.
                          bell_.sleep({});
                          letterbox_.take_all(mail_);
                          if (!std::exchange(is_reading_mail_, true))
                              read_mail();
                          await_mail();
                      });
}

/// First the letters are put into words, then each session writes what it has to say at once. A
/// large turn is read out in parts, so that who is served by the next does not wait for all of it.
void Hall::read_mail()
{
    const Letter* letter = next_letter();
    for (std::size_t i = 0; i < letters_at_once_max && letter != nullptr; ++i) {
        read_out(*letter);
        ++mail_read_;
        letter = next_letter();
    }
    for (const auto& session : std::exchange(written_, {}))
        session->flush();
    relieve();
    is_reading_mail_ = letter != nullptr;
    if (is_reading_mail_)
        asio::post(context_, [this] { read_mail(); });
}

/// Passes over those of other halls, and lets go of what has been read; null: there is none.
const Letter* Hall::next_letter()
{
    for (; !mail_.empty(); mail_.pop_front(), mail_read_ = 0)
        for (; mail_read_ < mail_.front()->size(); ++mail_read_) {
            const Letter& letter = (*mail_.front())[mail_read_];
            if (!letter.to || letter.to.number % count_ == index_)
                return &letter;
        }
    return nullptr;
}

void Hall::read_out(const Letter& letter)
{
    if (letter.request != 0) {
        assert(questions_ > 0);
        --questions_;
    }
    if (!letter.to) {
        for (const auto& [number, session] : sessions_)
            session->deliver(letter);
        return;
    }
    const auto found = sessions_.find(letter.to.number);
    if (found != sessions_.end())
        found->second->deliver(letter);
    else if (letter.request != 0) // It has gone since it asked.
        note_bytes(shares_.let_go(letter.to.number, letter.request), 0);
}

void deliver(std::vector<Letter>&& letters, std::span<const std::unique_ptr<Hall>> halls)
{
    assert(!halls.empty());
    const auto mail = std::make_shared<const std::vector<Letter>>(std::move(letters));
    std::vector<bool> concerned(halls.size());
    for (const Letter& letter : *mail) {
        if (letter.to)
            concerned[letter.to.number % halls.size()] = true;
        else
            concerned.assign(halls.size(), true);
    }
    for (std::size_t i = 0; i < halls.size(); ++i)
        if (concerned[i])
            halls[i]->deliver(mail);
}

} // namespace usher::server
