#pragma once

#include "daemon/server/translate.hpp"

/// What operators ask about products, requirements and what covers them. The role has been checked,
/// the fields have not. Pure; any thread.
namespace usher::server {

[[nodiscard]] Translation translate_requirements(const v1::ProductAdd& asked, const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::ProductRemove& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::ProductConsolidate& asked,
                                                 const Caller& caller);
/// A refusal of a row names it.
[[nodiscard]] Translation translate_requirements(const v1::RequirementAdd& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::RequirementRemove& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::RequirementConfirm& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::RequirementConsolidate& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::RequirementEntitle& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::RequirementChange& asked,
                                                 const Caller& caller);
/// A refusal of a row names it.
[[nodiscard]] Translation translate_requirements(const v1::PartyPrincipal& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::Reconcile& asked, const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::RequirementListAsk& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::PrincipalListAsk& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::RequirementExplain& asked,
                                                 const Caller& caller);
[[nodiscard]] Translation translate_requirements(const v1::ComplianceAsk& asked,
                                                 const Caller& caller);

} // namespace usher::server
