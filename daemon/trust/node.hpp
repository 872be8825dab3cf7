#pragma once

#include "daemon/trust/license_file.hpp"
#include "daemon/trust/signature.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// What makes this host this host: a key of its own and several stable identifiers, of which
/// k of n must agree, so that a new network card does not cost anybody a license (A-Q10).
/// Immutable once made: any thread.
namespace usher::trust {

/// One thing that stays with a host: `machine_id`, `product_uuid`, `root_disk`, `mac`, …
struct Identifier {
    std::string name;
    std::string value; ///< Empty: not found, and `why` says why.
    std::string why;
};

/// Reads all identifiers that there are, found or not, below `root` (`/` on a real host). Needs no
/// privilege and no file but those of the kernel and /etc/machine-id.
[[nodiscard]] std::vector<Identifier> read_identifiers(const std::filesystem::path& root);

/// The node: key and salt are made at first start and kept in the state directory (0600).
class Node {
  public:
    /// Opens `directory/node.json`, or makes it. Throws Fault where it cannot, where others may
    /// read it, and where it is not what this wrote: a new key would make every license worthless.
    static Node open(const std::filesystem::path& directory, std::vector<Identifier> identifiers);

    /// Whether `open` would find one there, whatever it is.
    [[nodiscard]] static bool is_in(const std::filesystem::path& directory);

    [[nodiscard]] const PublicKey& key() const { return key_.public_key(); }

    /// What a vendor needs to sign for this host: one line, `usher-node:` and a JWS by the node's
    /// own key. It holds hashes only. Throws Fault where fewer than two identifiers were found.
    [[nodiscard]] std::string text() const;

    /// The lock terms that it asks for, two of its identifiers needed. Throws Fault where fewer
    /// were found.
    [[nodiscard]] NodeLockTerms terms(std::string kind) const;

    /// Signs a document that nodes sign; `activation_request.hpp` and the headers like it have a
    /// function for each. What a payload says is theirs.
    [[nodiscard]] std::string seal(DocumentKind kind, std::string_view payload) const;

    struct Agreement {
        struct Line {
            std::string name;
            bool found = false;
            bool matches = false;
        };
        std::vector<Line> lines; ///< One for each identifier that the lock names.
        unsigned need = 0;
        bool same_key = false;
        bool holds = false; ///< The same key, and at least `need` lines match.
    };
    [[nodiscard]] Agreement compare(const NodeLockTerms& lock) const;

    /// Signs what proves this node to the other end of one connection (`protocol/usher.proto`,
    /// Proof). `exporter`: the 32 bytes that the connection's TLS exporter gives.
    [[nodiscard]] Signature prove(std::string_view exporter) const;

  private:
    Node(SigningKey key, std::string salt, std::vector<Identifier> identifiers);
    SigningKey key_;
    std::string salt_;
    std::vector<Identifier> identifiers_;
};

/// How people are told of a node: 16 hex digits of its key's SHA-256, enough to tell hosts apart
/// and short enough to read out.
[[nodiscard]] std::string short_name_of(const PublicKey& node);

/// The lock terms that a node's text asks for, white space around it allowed; nullopt: not such a
/// text, or changed, or `kind` or `need` are none that a license may have with it.
[[nodiscard]] std::optional<NodeLockTerms> lock_from(std::string_view node_text,
                                                     std::string_view kind, unsigned need);

/// Whether `signature` proves that the holder of `node` is at the other end of the connection.
[[nodiscard]] bool proves(const PublicKey& node, std::string_view exporter,
                          const Signature& signature);

} // namespace usher::trust
