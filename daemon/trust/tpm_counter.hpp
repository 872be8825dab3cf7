#pragma once

#include "daemon/trust/counter.hpp"

#include <cstdint>
#include <string>

namespace usher::trust {

/// Where an owner of a TPM may keep indexes of his own (TCG's registry of reserved handles).
inline constexpr std::uint32_t tpm_index_first = 0x01800000;
inline constexpr std::uint32_t tpm_index_last = 0x01bfffff;

/// A counter in a TPM 2.0: an NV index of the owner, with no password. Each call opens the TPM
/// anew, so that nobody else is kept from it; it is asked at a start, and when an activation ends.
/// A TPM begins a counter no lower than it ever had one, so whoever takes it away gains nothing.
class TpmCounter final : public Counter {
  public:
    /// `way` is the TCTI of the TPM, as `device:/dev/tpmrm0`.
    TpmCounter(std::string way, std::uint32_t index);

    Reading read() override;
    Reading raise() override;
    Reading replace() override;

  private:
    const std::string way_;
    const std::uint32_t index_;
};

} // namespace usher::trust
