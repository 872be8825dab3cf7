#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

struct ESYS_CONTEXT;

namespace usher::trust {

/// A conversation with a TPM, about one of its NV indexes. Keeps nothing in the TPM but the index.
/// What goes wrong is a `Fault` that says what was asked, what the TPM said and what helps.
class Tpm {
  public:
    /// `way` is a TCTI, as `device:/dev/tpmrm0`.
    Tpm(const std::string& way, std::uint32_t index);
    ~Tpm();
    Tpm(const Tpm&) = delete;
    Tpm& operator=(const Tpm&) = delete;

    struct Index {
        std::string name;        ///< The digest that the TPM knows it by, in hex.
        bool is_counter = false; ///< Else somebody else's.
        bool is_written = false; ///< A counter counts only then.
    };
    /// None: there is no such index.
    [[nodiscard]] std::optional<Index> look();
    void define_counter();
    void undefine();
    // These need the index.
    void increment();
    [[nodiscard]] std::uint64_t value();

    /// `index 0x01814750 of the TPM at device:/dev/tpmrm0`
    [[nodiscard]] std::string place() const;

  private:
    struct Inside;

    template <class Step>
    void ask(const char* what, const Step& step);
    [[noreturn]] void fail(const char* what, std::uint32_t code) const;

    const std::string way_;
    const std::uint32_t index_;
    std::unique_ptr<Inside> inside_;
};

} // namespace usher::trust
