#include "protocol/frame.hpp"
#include "protocol/usher.pb.h"
#include "tests/fuzz/frame_claims.hpp"
#include "tests/support/corpus.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

namespace {

using namespace usher::protocol;

std::span<const std::byte> bytes_of(const std::string& text)
{
    return std::as_bytes(std::span(text));
}

std::string header(std::uint64_t length)
{
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8)
        text += static_cast<char>(length >> shift & 0xff);
    return text;
}

/// A message whose encoding is exactly `size` bytes long.
usher::v1::Request request_of(std::size_t size)
{
    usher::v1::Request request;
    std::string& name = *request.mutable_checkout()->mutable_profile();
    name.assign(size, 'p');
    while (request.ByteSizeLong() > size)
        name.pop_back();
    while (request.ByteSizeLong() < size) // The lengths of lengths make some sizes unreachable.
        request.set_id(request.id() == 0 ? 1 : request.id() << 7);
    return request;
}

} // namespace

BOOST_AUTO_TEST_SUITE(first_frame_of)

BOOST_AUTO_TEST_CASE(nothing_is_missing_a_header)
{
    const FrameView view = first_frame({});
    BOOST_TEST(!view.message);
    BOOST_TEST((view.error == FrameError::none));
    BOOST_TEST(view.missing == frame_header_bytes);
}

BOOST_AUTO_TEST_CASE(a_frame_cut_anywhere_says_how_many_bytes_are_missing)
{
    const std::string frame = header(5) + "hello";
    for (std::size_t cut = 0; cut < frame.size(); ++cut) {
        const FrameView view = first_frame(bytes_of(frame).first(cut));
        BOOST_TEST(!view.message);
        BOOST_TEST((view.error == FrameError::none));
        BOOST_TEST(view.consumed == 0u);
        BOOST_TEST(view.missing == (cut < 4 ? 4 - cut : frame.size() - cut));
    }
}

BOOST_AUTO_TEST_CASE(a_whole_frame_is_seen_without_copying)
{
    const std::string frame = header(5) + "hello";
    const FrameView view = first_frame(bytes_of(frame));
    BOOST_TEST(view.consumed == frame.size());
    BOOST_TEST(view.missing == 0u);
    BOOST_TEST((view.message->data() == bytes_of(frame).data() + 4));
    BOOST_TEST(view.message->size() == 5u);
}

BOOST_AUTO_TEST_CASE(what_follows_a_frame_is_left_for_the_next_look)
{
    const std::string frames = header(1) + "a" + header(2) + "bc" + header(3);
    const FrameView first = first_frame(bytes_of(frames));
    BOOST_TEST(first.consumed == 5u);
    const FrameView second = first_frame(bytes_of(frames).subspan(first.consumed));
    BOOST_TEST(second.message->size() == 2u);
    const FrameView third = first_frame(bytes_of(frames).subspan(first.consumed + second.consumed));
    BOOST_TEST(third.missing == 3u);
}

BOOST_AUTO_TEST_CASE(an_empty_frame_is_a_fault)
{
    BOOST_TEST((first_frame(bytes_of(header(0))).error == FrameError::empty));
    BOOST_TEST((first_frame(bytes_of(header(0) + "x")).error == FrameError::empty));
}

BOOST_AUTO_TEST_CASE(a_length_is_judged_by_its_four_bytes_alone)
{
    BOOST_TEST((first_frame(bytes_of(header(frame_bytes_max))).error == FrameError::none));
    BOOST_TEST(first_frame(bytes_of(header(frame_bytes_max))).missing == frame_bytes_max);
    const std::array<std::uint64_t, 5> too_long{frame_bytes_max + 1, 0x7fff'ffff, 0x8000'0000,
                                                0xffff'fffe, 0xffff'ffff};
    for (const std::uint64_t length : too_long) {
        const FrameView view = first_frame(bytes_of(header(length)));
        BOOST_TEST((view.error == FrameError::too_long), length);
        BOOST_TEST(!view.message);
        BOOST_TEST(view.consumed == 0u);
    }
}

BOOST_AUTO_TEST_CASE(no_fault_is_found_before_the_header_is_whole)
{
    for (std::size_t cut = 0; cut < frame_header_bytes; ++cut)
        BOOST_TEST(
            (first_frame(bytes_of(header(0xffff'ffff)).first(cut)).error == FrameError::none));
}

BOOST_AUTO_TEST_CASE(a_stranger_is_heard_less_long)
{
    const auto error = [](std::size_t length) {
        return first_frame(bytes_of(header(length)), greeting_bytes_max).error;
    };
    BOOST_TEST((error(greeting_bytes_max) == FrameError::none));
    BOOST_TEST((error(greeting_bytes_max + 1) == FrameError::too_long));
}

BOOST_AUTO_TEST_CASE(http_and_tls_are_no_frames)
{
    BOOST_TEST((first_frame(bytes_of("GET / HTTP/1.1\r\n")).error == FrameError::too_long));
    BOOST_TEST((first_frame(bytes_of("\x16\x03\x01\x02\x00\x01")).error == FrameError::too_long));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(append_frame_to)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back)
{
    std::string out = "before";
    usher::v1::Request request;
    request.set_id(7);
    request.mutable_checkin()->set_lease("0123456789abcdef");
    BOOST_TEST(append_frame(out, request));

    const FrameView view = first_frame(bytes_of(out).subspan(6));
    usher::v1::Request read;
    BOOST_TEST(read.ParseFromArray(view.message->data(), static_cast<int>(view.message->size())));
    BOOST_TEST(read.id() == 7u);
    BOOST_TEST(read.checkin().lease() == "0123456789abcdef");
    BOOST_TEST(view.consumed == out.size() - 6);
    BOOST_TEST(out.starts_with("before"));
}

BOOST_AUTO_TEST_CASE(the_longest_message_fits_and_one_byte_more_leaves_everything_as_it_was)
{
    std::string out;
    const auto longest = request_of(frame_bytes_max);
    BOOST_TEST_REQUIRE(longest.ByteSizeLong() == frame_bytes_max);
    BOOST_TEST(append_frame(out, longest));
    BOOST_TEST(first_frame(bytes_of(out)).message->size() == frame_bytes_max);

    const std::string before = out;
    const auto longer = request_of(frame_bytes_max + 1);
    BOOST_TEST_REQUIRE(longer.ByteSizeLong() == frame_bytes_max + 1);
    BOOST_TEST(!append_frame(out, longer));
    BOOST_TEST((out == before));
}

BOOST_AUTO_TEST_CASE(a_field_that_is_written_already_is_read_back_with_the_rest)
{
    usher::v1::Renewed renewed;
    for (int i = 0; i < 100; ++i)
        renewed.add_leases()->set_lease("0123456789abcdef");
    usher::v1::Response whole;
    whole.set_id(7);
    *whole.mutable_renewed() = renewed;
    usher::v1::Response rest;
    rest.set_id(7);

    std::string out = "before";
    BOOST_TEST(append_frame(out, rest, usher::v1::Response::kRenewedFieldNumber,
                            renewed.SerializeAsString()));
    std::string expected = "before";
    BOOST_TEST(append_frame(expected, whole));
    BOOST_TEST((out == expected));
}

BOOST_AUTO_TEST_CASE(the_longest_field_that_is_written_already_fits_and_one_byte_more_does_not)
{
    constexpr int field = usher::v1::Response::kRenewedFieldNumber;
    constexpr std::size_t around = 4; // Its number, and its length in three bytes.
    const std::string longest(frame_bytes_max - around, 'x');
    std::string out;
    BOOST_TEST(append_frame(out, usher::v1::Response{}, field, longest));
    BOOST_TEST(first_frame(bytes_of(out)).message->size() == frame_bytes_max);

    const std::string before = out;
    BOOST_TEST(!append_frame(out, usher::v1::Response{}, field, longest + 'x'));
    BOOST_TEST((out == before));
}

BOOST_AUTO_TEST_CASE(a_message_of_nothing_is_no_frame)
{
    std::string out = "before";
    BOOST_TEST(!append_frame(out, usher::v1::Request{}));
    BOOST_TEST(out == "before");
}

BOOST_AUTO_TEST_CASE(the_length_stands_in_network_order)
{
    std::string out;
    BOOST_TEST(append_frame(out, request_of(0x102)));
    BOOST_TEST(out.substr(0, 4) == std::string("\0\0\1\2", 4));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(corpus_of_frames)

BOOST_AUTO_TEST_CASE(the_claims_hold)
{
    const auto samples = usher::tests::corpus_of("frame");
    BOOST_TEST(samples.size() >= 10u);
    for (const auto& [name, bytes] : samples)
        BOOST_TEST(usher::test::broken_claim(bytes_of(bytes)) == "", name);
}

BOOST_AUTO_TEST_SUITE_END()
