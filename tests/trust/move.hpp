#pragma once

#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/move_mark.hpp"
#include "daemon/trust/node.hpp"
#include "daemon/trust/redirect.hpp"
#include "daemon/trust/showing.hpp"
#include "daemon/trust/transfer_request.hpp"
#include "tests/support/scratch.hpp"
#include "tests/trust/vendor.hpp"

/// A license that goes from one host to another, and every document that this takes.
namespace usher::trust::test {

inline Node made_node(const tests::Scratch& scratch)
{
    return Node::open(scratch.path(),
                      {{"machine_id", "m-1", ""}, {"root_disk", "d-1", ""}, {"mac", "02:00", ""}});
}

struct Move : Vendor {
    tests::Scratch source_directory;
    tests::Scratch target_directory;
    Node source = made_node(source_directory);
    Node target = made_node(target_directory);
    Instant noon = std::chrono::sys_days{2030y / 6 / 1} + 12h;
    Nonce nonce = fresh_nonce();
    ActivationCode code =
        std::get<ActivationCode>(activation_code_from(new_activation_code(full.number)));

    [[nodiscard]] std::string request() const
    {
        return make_activation_request(code, source, "machine", "host-a", nonce, noon);
    }
    /// The answer to it.
    [[nodiscard]] Activation activation() const
    {
        Activation made{.license = full,
                        .number = 4,
                        .nonce = nonce,
                        .issuer = "usher://issuer.example:4751/?ca=sha256:" + std::string(64, 'a'),
                        .check = Activation::Check{.every_days = 30, .grace_days = 7},
                        .made = noon,
                        .load_by = noon + 24h * 30,
                        .after = {}};
        made.license.lock = source.terms("machine");
        return made;
    }
    [[nodiscard]] TransferRequest transfer_request() const
    {
        return {.license = full.number,
                .source = {source.key(), 4},
                .host = "host-b",
                .target = target.text(),
                .lock = lock_from(target.text(), "machine", 1).value(),
                .nonce = nonce,
                .made = noon};
    }
    [[nodiscard]] Activation ticket() const
    {
        Activation made = activation();
        made.license.lock = target.terms("machine");
        made.number = 5;
        made.nonce = {};
        made.after = ActivationMark{source.key(), 4};
        return made;
    }
    /// By which the ticket becomes an activation.
    [[nodiscard]] Receipt receipt() const
    {
        return {.license = full.number,
                .ended = {source.key(), 4},
                .made = noon,
                .to = ActivationMark{target.key(), 5}};
    }
    [[nodiscard]] Showing showing() const
    {
        const std::string text = sign_receipt(receipt(), source);
        return {.license = full.number,
                .active = {target.key(), 5},
                .nonce = nonce,
                .made = noon,
                .started = noon - 4h,
                .receipt_text = text,
                .receipt = receipt()};
    }
    [[nodiscard]] IssuerAnswer answer() const
    {
        return {.vendor = "acme",
                .license = full.number,
                .number = 5,
                .nonce = nonce,
                .active = true,
                .made = noon};
    }
    [[nodiscard]] Redirect redirect() const
    {
        return {.from = source.key(),
                .node = target.key(),
                .uri = "usher://host-b:4750/?ca=sha256:" + std::string(64, 'b'),
                .made = noon};
    }

    [[nodiscard]] MoveMark move_mark() const
    {
        return {.node = source.key(),
                .to = target.key(),
                .stream = nonce,
                .from = 1200,
                .count = 34,
                .digest = sha256("a record"),
                .end = true};
    }

    /// What is said of `text`; "accepted" where nothing is.
    [[nodiscard]] std::string said_of(DocumentKind kind, std::string_view text) const
    {
        const auto what = [](const auto& opened) {
            const auto* error = std::get_if<DocumentError>(&opened);
            return error ? error->what : "accepted";
        };
        switch (kind) {
        case DocumentKind::license: return what(open_license(text, trusted));
        case DocumentKind::node: return lock_from(text, "machine", 1) ? "accepted" : "no node";
        case DocumentKind::activation_request: return what(open_activation_request(text));
        case DocumentKind::activation: return what(open_activation(text, trusted));
        case DocumentKind::transfer_request: return what(open_transfer_request(text));
        case DocumentKind::receipt: return what(open_receipt(text));
        case DocumentKind::showing: return what(open_showing(text));
        case DocumentKind::issuer_answer: return what(open_issuer_answer(text, trusted));
        case DocumentKind::redirect: return what(open_redirect(text));
        case DocumentKind::move_mark: return what(open_move_mark(text));
        }
        return "";
    }

    [[nodiscard]] std::string text_of(DocumentKind kind) const
    {
        switch (kind) {
        case DocumentKind::license: return sign_license(full, key);
        case DocumentKind::node: return source.text();
        case DocumentKind::activation_request: return request();
        case DocumentKind::activation: return sign_activation(activation(), key);
        case DocumentKind::transfer_request:
            return sign_transfer_request(transfer_request(), source);
        case DocumentKind::receipt: return sign_receipt(receipt(), source);
        case DocumentKind::showing: return sign_showing(showing(), target);
        case DocumentKind::issuer_answer: return sign_issuer_answer(answer(), key);
        case DocumentKind::redirect: return sign_redirect(redirect(), source);
        case DocumentKind::move_mark: return sign_move_mark(move_mark(), source);
        }
        return "";
    }

    /// What is said of a document whose payload was changed before it was signed again.
    [[nodiscard]] std::string objection(DocumentKind kind,
                                        const std::function<void(json&)>& change) const
    {
        json payload = json::parse(split_jws(without_line(text_of(kind))).payload);
        change(payload);
        if (kind == DocumentKind::activation || kind == DocumentKind::issuer_answer) {
            const json header = {
                {"alg", "EdDSA"}, {"kid", key_id(key.public_key())}, {"typ", word(kind)}};
            return said_of(kind, sign_jws(header.dump(), payload.dump(), key));
        }
        const Node& signer = kind == DocumentKind::showing ? target : source;
        return said_of(kind, signer.seal(kind, payload.dump()));
    }
    static std::string without_line(std::string text)
    {
        if (text.ends_with('\n'))
            text.pop_back();
        return text;
    }
};

inline const std::vector<DocumentKind> all_kinds{
    DocumentKind::license,
    DocumentKind::node,
    DocumentKind::activation_request,
    DocumentKind::activation,
    DocumentKind::transfer_request,
    DocumentKind::receipt,
    DocumentKind::showing,
    DocumentKind::issuer_answer,
    DocumentKind::redirect,
    DocumentKind::move_mark,
};

} // namespace usher::trust::test
