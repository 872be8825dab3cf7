#pragma once

#include "daemon/trust/fault.hpp"

namespace usher::server {

/// The daemon's own word for it: what trust throws is the operator's business here too.
using trust::Fault;

} // namespace usher::server
