#include "daemon/trust/activation_code.hpp"
#include "daemon/trust/activation_request.hpp"
#include "daemon/trust/envelope.hpp"
#include "daemon/trust/move_mark.hpp"
#include "daemon/trust/redirect.hpp"
#include "daemon/trust/showing.hpp"
#include "daemon/trust/transfer_request.hpp"
#include "tests/fuzz/require.hpp"

#include <array>
#include <cstdint>
#include <string>

/// Foreign bytes into every parser of the documents of a move: as a whole document of each kind,
/// and as the payload of one that is rightly signed, for nobody reads a payload before that. What
/// one kind's parser accepts no other's may.
using namespace usher::trust;
using usher::tests::require;

namespace {

const SigningKey& signer()
{
    static const SigningKey key = SigningKey::from_seed(std::array<std::uint8_t, 32>{1});
    return key;
}

const std::vector<VendorKey>& trusted()
{
    static const std::vector<VendorKey> keys{{"acme", signer().public_key()}};
    return keys;
}

/// Whether it is accepted; what is refused must say why.
template <class Opened>
bool is_accepted(const Opened& opened)
{
    const auto* error = std::get_if<DocumentError>(&opened);
    require(error == nullptr || !error->what.empty());
    return error == nullptr;
}

/// No parser accepts it but that of the kind that it says it is.
void as_document(std::string_view text)
{
    const auto kind = document_kind(text);
    const auto accepted = [&](DocumentKind own, const auto& opened) {
        require(!is_accepted(opened) || kind == own);
    };
    accepted(DocumentKind::activation_request, open_activation_request(text));
    accepted(DocumentKind::activation, open_activation(text, trusted()));
    accepted(DocumentKind::activation, read_activation_unverified(text));
    accepted(DocumentKind::transfer_request, open_transfer_request(text));
    accepted(DocumentKind::receipt, open_receipt(text));
    accepted(DocumentKind::showing, open_showing(text));
    accepted(DocumentKind::issuer_answer, open_issuer_answer(text, trusted()));
    accepted(DocumentKind::issuer_answer, read_issuer_answer_unverified(text));
    accepted(DocumentKind::redirect, open_redirect(text));
    accepted(DocumentKind::move_mark, open_move_mark(text));
}

void as_payload(std::string_view payload)
{
    constexpr std::size_t bytes_max = 11 << 10; // With its seal it is no longer than a document.
    if (payload.size() > bytes_max)
        return;
    for (const auto kind : {DocumentKind::activation, DocumentKind::issuer_answer})
        as_document(seal_by_vendor(kind, payload, signer()));
    for (const auto kind :
         {DocumentKind::activation_request, DocumentKind::transfer_request, DocumentKind::receipt,
          DocumentKind::showing, DocumentKind::redirect, DocumentKind::move_mark})
        as_document(seal_by_node(kind, payload, signer()));
    // Nothing is signed but what can be read.
    const auto answer = open_issuer_answer(
        seal_by_vendor(DocumentKind::issuer_answer, payload, signer()), trusted());
    if (const auto* found = std::get_if<IssuerAnswer>(&answer))
        require(sign_issuer_answer(*found, signer()) ==
                seal_by_vendor(DocumentKind::issuer_answer, payload, signer()));
    const auto activation =
        open_activation(seal_by_vendor(DocumentKind::activation, payload, signer()), trusted());
    if (const auto* found = std::get_if<Activation>(&activation))
        require(sign_activation(*found, signer()) ==
                seal_by_vendor(DocumentKind::activation, payload, signer()));
}

void as_code(std::string_view text)
{
    const auto opened = activation_code_from(text);
    if (is_accepted(opened))
        require(!std::get<ActivationCode>(opened).license.empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    as_document(text);
    as_payload(text);
    as_code(text);
    return 0;
}
