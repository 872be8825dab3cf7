#pragma once

/// What the build says that this version is; a string literal.
#ifndef USHER_VERSION
#error "the build has to define USHER_VERSION"
#endif
