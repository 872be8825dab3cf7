#include "daemon/ledger/ledger.hpp"
#include "daemon/server/activation.hpp"
#include "daemon/server/clock.hpp"
#include "daemon/server/translate.hpp"
#include "daemon/trust/activation.hpp"
#include "daemon/trust/activation_code.hpp"
#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/receipt.hpp"
#include "daemon/trust/showing.hpp"
#include "tests/server/house.hpp"

#include <boost/test/unit_test.hpp>

/// The documents of an activation, from the wire to the ledger and back, with a real node and a
/// vendor who signs what an issuer would.
namespace {

using namespace usher;
using namespace usher::server;
using namespace std::chrono_literals;
using server::test::House;

struct Host : House {
    ledger::Ledger ledger;
    std::string license_number = license().number;
    std::string code = trust::new_activation_code(license_number);

    ledger::Answer ask(const v1::Operate& operate)
    {
        v1::Request request;
        request.set_id(1);
        *request.mutable_operate() = operate;
        const Caller admin{{1}, {"local:root"}, ledger::Role::admin};
        Translation translation = translate(request, admin, premises);
        if (auto* refusal = std::get_if<ledger::Refusal>(&translation))
            return std::move(*refusal);
        const ledger::Now now = SystemClock().now();
        ledger::Verdict verdict = ledger.decide(std::get<Asked>(translation).command, now);
        for (const ledger::Fact& fact : verdict.facts)
            ledger.apply(fact, now.calendar);
        for (auto facts = ledger.settle(now); !facts.empty(); facts = ledger.settle(now))
            for (const ledger::Fact& fact : facts)
                ledger.apply(fact, now.calendar);
        return std::move(verdict.answer);
    }

    std::string document(const v1::Operate& operate)
    {
        const ledger::Answer answer = ask(operate);
        if (const auto* showing = std::get_if<ledger::Showing>(&answer))
            return sign_showing(*showing, premises);
        const auto* handed = std::get_if<ledger::Handed>(&answer);
        BOOST_REQUIRE(handed);
        return *handed->document;
    }

    std::string request()
    {
        v1::Operate operate;
        operate.mutable_activation_request()->set_code(code);
        operate.mutable_activation_request()->set_host("hostA");
        return document(operate);
    }

    /// What an issuer answers to `request`.
    trust::Activation response(const std::string& request, std::uint64_t number = 1) const
    {
        const auto opened =
            std::get<trust::ActivationRequest>(trust::open_activation_request(request));
        trust::Activation activation;
        activation.license = license();
        activation.license.lock = opened.lock;
        activation.license.lock->need = 2;
        activation.number = number;
        activation.nonce = opened.nonce;
        activation.made = opened.made;
        activation.load_by = opened.made + std::chrono::days(30);
        return activation;
    }

    ledger::Answer load(const std::string& document)
    {
        v1::Operate operate;
        operate.mutable_activation_load()->set_document(document);
        operate.mutable_activation_load()->set_profile("P");
        return ask(operate);
    }
    ledger::Answer load(const trust::Activation& activation)
    {
        return load(trust::sign_activation(activation, vendor));
    }

    ledger::Answer deactivate(std::uint64_t number)
    {
        v1::Operate operate;
        operate.mutable_deactivate()->set_license(license_number);
        operate.mutable_deactivate()->set_number(number);
        return ask(operate);
    }

    ledger::Answer hear(const trust::IssuerAnswer& answer)
    {
        v1::Operate operate;
        operate.mutable_issuer_answer_load()->set_document(
            trust::sign_issuer_answer(answer, vendor));
        return ask(operate);
    }

    trust::IssuerAnswer answer(const trust::Nonce& nonce, bool active) const
    {
        return {.vendor = "acme",
                .license = license_number,
                .number = 1,
                .nonce = nonce,
                .active = active,
                .made = std::chrono::floor<std::chrono::seconds>(SystemClock().now().calendar)};
    }

    bool counts()
    {
        const auto picture =
            std::get<ledger::Picture>(ledger.decide(ledger::Look{}, SystemClock().now()).answer);
        return !picture->entitlements.empty() && picture->entitlements.front().counts;
    }
};

bool is_done(const ledger::Answer& answer)
{
    return std::holds_alternative<ledger::Done>(answer);
}

void is_refused(const ledger::Answer& answer, ledger::Code code)
{
    const auto* refusal = std::get_if<ledger::Refusal>(&answer);
    BOOST_REQUIRE(refusal);
    BOOST_TEST(ledger::word(refusal->code) == ledger::word(code));
}

v1::Operate maintenance()
{
    v1::Operate operate;
    operate.mutable_maintenance()->set_on(true);
    return operate;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(activation, Host)

BOOST_AUTO_TEST_CASE(a_request_is_signed_by_the_code_and_the_node_and_holds_neither_secret)
{
    const std::string text = request();
    const auto opened = std::get<trust::ActivationRequest>(trust::open_activation_request(text));
    BOOST_TEST(opened.license == license_number);
    BOOST_TEST(opened.host == "hostA");
    BOOST_TEST(opened.lock.kind == "machine");
    BOOST_TEST((opened.lock.node == premises.node->key()));
    BOOST_TEST(
        (opened.code ==
         std::get<trust::ActivationCode>(trust::activation_code_from(code)).key.public_key()));
    BOOST_TEST(text.find(code) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(its_response_makes_the_license_count_and_again_changes_nothing)
{
    const trust::Activation good = response(request());
    BOOST_TEST(is_done(load(good)));
    BOOST_TEST(counts());
    BOOST_TEST(is_done(load(good)));
}

BOOST_AUTO_TEST_CASE(license_install_takes_an_activation_too)
{
    v1::Operate operate;
    operate.mutable_license_install()->set_document(
        trust::sign_activation(response(request()), vendor));
    BOOST_TEST(is_done(ask(operate)));
    BOOST_TEST(counts());
}

BOOST_AUTO_TEST_CASE(a_code_that_is_mistyped_is_found_before_anybody_is_asked)
{
    code.back() = code.back() == '7' ? '8' : '7';
    v1::Operate operate;
    operate.mutable_activation_request()->set_code(code);
    const ledger::Answer answer = ask(operate);
    is_refused(answer, ledger::Code::bad_activation_code);
    BOOST_TEST(std::get<ledger::Refusal>(answer).detail.find(code) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_kind_that_is_none_is_refused)
{
    v1::Operate operate;
    operate.mutable_activation_request()->set_code(code);
    operate.mutable_activation_request()->set_kind("floating");
    is_refused(ask(operate), ledger::Code::bad_request);
}

BOOST_AUTO_TEST_CASE(a_response_that_is_changed_foreign_late_or_for_another_is_refused_by_name)
{
    const trust::Activation good = response(request());

    std::string changed = trust::sign_activation(good, vendor);
    changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
    is_refused(load(changed), ledger::Code::document_invalid);
    is_refused(load(std::string(17 << 10, 'A')), ledger::Code::document_invalid);
    is_refused(load(trust::sign_license(license(), vendor)), ledger::Code::document_invalid);

    is_refused(load(trust::sign_activation(good, trust::SigningKey::generate())),
               ledger::Code::unknown_vendor);

    trust::Activation late = good;
    late.made -= std::chrono::days(31);
    late.load_by -= std::chrono::days(31);
    is_refused(load(late), ledger::Code::document_expired);

    trust::Activation elsewhere = good;
    elsewhere.license.lock->node = trust::SigningKey::generate().public_key();
    is_refused(load(elsewhere), ledger::Code::nodelock_mismatch);

    trust::Activation ticket = good;
    ticket.nonce.reset();
    ticket.number = 2;
    ticket.after = {trust::SigningKey::generate().public_key(), 1};
    is_refused(load(ticket), ledger::Code::document_invalid);

    trust::Activation nobodys = good;
    nobodys.nonce = trust::fresh_nonce();
    is_refused(load(nobodys), ledger::Code::document_used);
    BOOST_TEST(is_done(load(good)));
}

BOOST_AUTO_TEST_CASE(a_receipt_names_the_number_that_ended_and_its_answer_delivers_it)
{
    BOOST_REQUIRE(is_done(load(response(request()))));
    is_refused(deactivate(1), ledger::Code::not_in_maintenance);
    BOOST_REQUIRE(is_done(ask(maintenance())));
    is_refused(deactivate(2), ledger::Code::not_active_here);
    is_refused(deactivate(0), ledger::Code::bad_request);
    const ledger::Answer ended = deactivate(1);
    BOOST_REQUIRE(std::holds_alternative<ledger::Handed>(ended));
    const std::string text = *std::get<ledger::Handed>(ended).document;
    const auto receipt = std::get<trust::Receipt>(trust::open_receipt(text));
    BOOST_TEST(receipt.license == license_number);
    BOOST_TEST((receipt.ended == trust::ActivationMark{premises.node->key(), 1}));
    BOOST_TEST(!receipt.to);
    BOOST_TEST(!counts());
    is_refused(deactivate(1), ledger::Code::not_active_here);

    BOOST_TEST(is_done(hear(answer(trust::nonce_of(text), false))));
    v1::Operate show;
    show.mutable_receipt_show()->set_license(license_number);
    const ledger::Answer shown = ask(show);
    BOOST_TEST(std::get<ledger::Handed>(shown).delivered);
    BOOST_TEST(*std::get<ledger::Handed>(shown).document == text);
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_dates_nothing_before_this_run)
{
    BOOST_REQUIRE(is_done(load(response(request()))));
    premises.started = std::chrono::ceil<std::chrono::days>(SystemClock().now().calendar);
    v1::Operate make;
    make.mutable_showing_make()->set_license(license_number);
    make.mutable_showing_make()->set_number(1);
    const auto showing = std::get<trust::Showing>(trust::open_showing(document(make)));
    BOOST_TEST((showing.started == premises.started));
    BOOST_TEST((showing.made == premises.started));
    BOOST_REQUIRE(is_done(ask(maintenance())));
    const ledger::Answer ended = deactivate(1);
    const auto receipt =
        std::get<trust::Receipt>(trust::open_receipt(*std::get<ledger::Handed>(ended).document));
    BOOST_TEST((receipt.made == premises.started));
}

BOOST_AUTO_TEST_CASE(an_issuer_that_denies_what_was_shown_takes_the_license_away)
{
    BOOST_REQUIRE(is_done(load(response(request()))));
    v1::Operate make;
    make.mutable_showing_make()->set_license(license_number);
    make.mutable_showing_make()->set_number(1);
    const auto showing = std::get<trust::Showing>(trust::open_showing(document(make)));
    BOOST_TEST((showing.active == trust::ActivationMark{premises.node->key(), 1}));

    trust::IssuerAnswer foreign = answer(showing.nonce, false);
    foreign.vendor = "other";
    premises.vendors.push_back({"other", vendor.public_key()});
    is_refused(hear(foreign), ledger::Code::document_invalid);
    is_refused(hear(answer(trust::fresh_nonce(), false)), ledger::Code::document_used);
    BOOST_TEST(counts());
    BOOST_TEST(is_done(hear(answer(showing.nonce, false))));
    BOOST_TEST(!counts());
}

BOOST_AUTO_TEST_SUITE_END()
