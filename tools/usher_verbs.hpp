#pragma once

namespace usher::tools {

class Call;

/// One function a verb; each is called with a `Call` that is not parsed yet, returns the exit code,
/// and throws `Fault`, `Refused` or CLI11's errors.

int status(Call& call); // usher_status.cpp
int leases(Call& call);
int run(Call& call);      // usher_run.cpp
int checkout(Call& call); // usher_checkout.cpp
int renew(Call& call);
int checkin(Call& call);
int revoke(Call& call);          // usher_revoke.cpp
int why(Call& call);             // usher_why.cpp
int license_install(Call& call); // usher_license.cpp
int license_list(Call& call);
int license_remove(Call& call);
int activate(Call& call); // usher_activation.cpp
int activation_load(Call& call);
int activation_cancel(Call& call);
int deactivate(Call& call);
int receipt(Call& call);
int license_check(Call& call);
int move(Call& call);        // usher_move.cpp
int profile_add(Call& call); // usher_profile.cpp
int profile_rename(Call& call);
int profile_default(Call& call);
int profile_remove(Call& call);
int profile_list(Call& call);
int pool_list(Call& call); // usher_pool.cpp
int pool_open(Call& call);
int pool_allocate(Call& call);
int pool_close(Call& call);
int pool_users(Call& call);
int party_add(Call& call); // usher_party.cpp
int party_list(Call& call);
int party_rebind(Call& call);
int party_mode(Call& call);
int party_remove(Call& call);
int party_state(Call& call);
int party_principal(Call& call);
int product_add(Call& call); // usher_product.cpp
int product_list(Call& call);
int product_remove(Call& call);
int requirement_add(Call& call); // usher_requirement.cpp
int requirement_remove(Call& call);
int requirement_confirm(Call& call);
int requirement_consolidate(Call& call);
int requirement_entitle(Call& call);
int requirement_change(Call& call);
int requirement_list(Call& call);
int requirement_explain(Call& call);
int requirement_import(Call& call); // usher_import.cpp
int party_principals(Call& call);
int report_compliance(Call& call); // usher_report.cpp
int reconcile(Call& call);
int plan(Call& call); // usher_plan.cpp
int plan_license(Call& call);
int plan_allocate(Call& call);
int plan_close(Call& call);
int plan_rebind(Call& call);
int plan_mode(Call& call);
int plan_remove(Call& call);
int device_add(Call& call); // usher_device.cpp
int device_list(Call& call);
int device_remove(Call& call);
int export_description(Call& call); // usher_description.cpp
int import_description(Call& call);
int maintenance(Call& call); // usher_maintenance.cpp
int key_create(Call& call);  // usher_key.cpp
int key_list(Call& call);
int key_revoke(Call& call);
int certificate_create(Call& call); // usher_certificate.cpp
int certificate_list(Call& call);
int certificate_revoke(Call& call);
int node(Call& call); // usher_node.cpp
int address(Call& call);
int journal_verify(Call& call); // usher_journal_verbs.cpp
int journal_tail(Call& call);
int journal_export(Call& call);
int doctor(Call& call); // usher_doctor.cpp

} // namespace usher::tools
