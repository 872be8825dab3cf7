#include "daemon/trust/host_file.hpp"
#include "tests/support/scratch.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <set>

using namespace usher;
using namespace usher::trust;
namespace fs = std::filesystem;

namespace {

constexpr const char* id = "3d1219c7c4c5404aaa1f6d2a48adfda4";

/// A host made of the files that a test writes.
struct Host {
    tests::Scratch scratch;
    const fs::path& root = scratch.path();

    void write(const fs::path& path, const std::string& text) const
    {
        fs::create_directories((root / path).parent_path());
        std::ofstream(root / path) << text;
    }

    [[nodiscard]] Identifier read(const std::string& name) const
    {
        for (Identifier& identifier : read_identifiers(root))
            if (identifier.name == name)
                return std::move(identifier);
        BOOST_FAIL(name + " is not looked for");
        return {};
    }

    void card(const std::string& name, const std::string& device, const std::string& address,
              const std::string& assigned = "0", const std::string& type = "1") const
    {
        const fs::path directory = fs::path("sys/devices") / device / "net" / name;
        write(directory / "address", address + "\n");
        write(directory / "addr_assign_type", assigned + "\n");
        write(directory / "type", type + "\n");
        fs::create_directories(root / "sys/class/net");
        fs::create_symlink(fs::path("../../..") / directory, root / "sys/class/net" / name);
    }

    void mounted(const std::string& device, const std::string& type) const
    {
        write("proc/self/mountinfo",
              "22 27 0:21 / /proc rw,relatime - proc proc rw\n27 1 " + device +
                  " / / rw,relatime shared:1 - " + type +
                  " /dev/root rw\n30 27 8:9 / /home rw - ext4 /dev/sdb rw\n");
    }

    /// A block device of the kernel, `number` the name of its file.
    void device(const std::string& number, const fs::path& directory) const
    {
        fs::create_directories(root / "sys/devices" / directory);
        fs::create_directories(root / "sys/dev/block");
        fs::create_symlink(root / "sys/devices" / directory, root / "sys/dev/block" / number);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(identifiers, Host)

BOOST_AUTO_TEST_CASE(an_empty_host_says_of_each_why_it_is_not_found)
{
    std::set<std::string> names;
    for (const Identifier& identifier : read_identifiers(root)) {
        BOOST_TEST(names.insert(identifier.name).second);
        BOOST_TEST(identifier.value == "");
        BOOST_TEST(!identifier.why.empty());
    }
    BOOST_TEST((names == std::set<std::string>{"board_serial", "mac", "machine_id", "product_uuid",
                                               "root_disk"}));
    BOOST_TEST(read("machine_id").why ==
               "there is no /etc/machine-id, there is no /var/lib/dbus/machine-id");
}

BOOST_AUTO_TEST_CASE(this_host_shows_enough_identifiers_to_be_locked_to)
{
    const auto all = read_identifiers("/");
    BOOST_TEST(std::ranges::count_if(all, [](const Identifier& i) { return !i.value.empty(); }) >=
               2);
    for (const Identifier& identifier : all)
        BOOST_TEST(identifier.value.empty() == !identifier.why.empty(), identifier.name);
}

BOOST_AUTO_TEST_CASE(the_machine_id_counts_once_wherever_it_stands)
{
    write("var/lib/dbus/machine-id", std::string(id) + "\n");
    BOOST_TEST(read("machine_id").value == id);
    write("etc/machine-id", std::string(id) + "\n");
    BOOST_TEST(read("machine_id").value == id);
    BOOST_TEST(read("machine_id").why == "");
}

BOOST_AUTO_TEST_CASE(a_machine_id_that_is_not_set_yet_is_none)
{
    for (const char* text : {"", "\n", "uninitialized\n", "00000000000000000000000000000000\n"}) {
        write("etc/machine-id", text);
        BOOST_TEST(read("machine_id").value == "");
        BOOST_TEST(read("machine_id").why.starts_with("/etc/machine-id names no host"));
    }
}

BOOST_AUTO_TEST_CASE(a_uuid_is_the_same_however_it_is_written)
{
    write("sys/class/dmi/id/product_uuid", "4C4C4544-0042-3510-8051-B4C04F4A3532\n");
    BOOST_TEST(read("product_uuid").value == "4c4c4544004235108051b4c04f4a3532");
}

BOOST_AUTO_TEST_CASE(what_makers_leave_in_every_board_is_no_identifier)
{
    for (const char* text : {"To Be Filled By O.E.M.", "Default string", "None", "0123456789",
                             "0000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "Not Specified", "...",
                             "03000200-0400-0500-0006-000700080009"}) {
        write("sys/class/dmi/id/product_uuid", text);
        write("sys/class/dmi/id/board_serial", text);
        BOOST_TEST(read("product_uuid").value == "", text);
        BOOST_TEST(read("board_serial").value == "", text);
    }
}

BOOST_AUTO_TEST_CASE(a_board_without_dmi_has_its_serial_in_the_device_tree)
{
    write("sys/firmware/devicetree/base/serial-number", std::string("10000000a1b2c3d4\0", 17));
    BOOST_TEST(read("board_serial").value == "10000000a1b2c3d4");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named)
{
    fs::create_directories(root / "etc/machine-id");
    BOOST_TEST(read_host_file(root, "etc/machine-id").why == "/etc/machine-id: Is a directory");
}

BOOST_AUTO_TEST_CASE(the_mac_is_that_of_the_first_real_card)
{
    card("lo", "virtual", "00:00:00:00:00:00", "0", "772");
    card("docker0", "virtual", "02:42:00:00:00:01");
    card("veth1", "virtual", "02:42:00:00:00:02", "3");
    BOOST_TEST(
        read("mac").why ==
        "no network card with a permanent address among the 3 interfaces, docker0 the first");
    card("enp3s0", "pci0000:00/0000:00:03.0", "52:54:00:AB:CD:03");
    card("enp2s0", "pci0000:00/0000:00:02.0", "52:54:00:ab:cd:02");
    BOOST_TEST(read("mac").value == "525400abcd02");
}

BOOST_AUTO_TEST_CASE(an_address_that_was_made_up_or_set_is_none)
{
    card("eth0", "pci0000:00/0000:00:02.0", "52:54:00:ab:cd:02", "1");
    card("eth1", "pci0000:00/0000:00:03.0", "52:54:00:ab:cd:03", "3");
    card("eth2", "pci0000:00/0000:00:04.0", "00:00:00:00:00:00");
    card("ib0", "pci0000:00/0000:00:05.0", "80:00:00:00", "0", "32");
    BOOST_TEST(read("mac").value == "");
}

BOOST_AUTO_TEST_CASE(a_card_that_is_plugged_in_takes_no_other_cards_place)
{
    card("enx1", "pci0000:00/0000:00:02.0/usb1/1-1", "02:00:00:00:00:11");
    BOOST_TEST(read("mac").value == "020000000011");
    card("wlp4s0", "pci0000:00/0000:00:04.0", "02:00:00:00:00:22");
    BOOST_TEST(read("mac").value == "020000000022");
}

BOOST_AUTO_TEST_CASE(a_card_of_a_bond_is_known_by_its_own_address)
{
    card("eno1", "pci0000:00/0000:00:02.0", "52:54:00:ff:ff:ff", "3");
    write("sys/devices/pci0000:00/0000:00:02.0/net/eno1/bonding_slave/perm_hwaddr",
          "52:54:00:ab:cd:01\n");
    BOOST_TEST(read("mac").value == "525400abcd01");
}

BOOST_AUTO_TEST_CASE(a_root_on_a_partition_is_known_by_its_disk)
{
    mounted("8:1", "ext4");
    device("8:1", "pci/sda/sda1");
    write("sys/devices/pci/sda/sda1/partition", "1\n");
    write("sys/devices/pci/sda/device/wwid", "naa.5002538E40A1B2C3\n");
    BOOST_TEST(read("root_disk").value == "disk:naa5002538e40a1b2c3");
}

BOOST_AUTO_TEST_CASE(a_root_on_mapped_and_encrypted_layers_is_known_by_the_disk_beneath)
{
    mounted("253:0", "xfs");
    device("253:0", "virtual/block/dm-0");
    fs::create_directories(root / "sys/devices/virtual/block/dm-1/slaves");
    fs::create_directories(root / "sys/devices/virtual/block/dm-0/slaves");
    fs::create_symlink(root / "sys/devices/virtual/block/dm-1",
                       root / "sys/devices/virtual/block/dm-0/slaves/dm-1");
    fs::create_directories(root / "sys/devices/pci/nvme0n1/nvme0n1p2");
    fs::create_symlink(root / "sys/devices/pci/nvme0n1/nvme0n1p2",
                       root / "sys/devices/virtual/block/dm-1/slaves/nvme0n1p2");
    write("sys/devices/pci/nvme0n1/nvme0n1p2/partition", "2\n");
    write("sys/devices/pci/nvme0n1/wwid", "eui.0025385b71b0c0de\n");
    BOOST_TEST(read("root_disk").value == "disk:eui0025385b71b0c0de");
}

BOOST_AUTO_TEST_CASE(layers_that_go_round_in_a_ring_come_to_an_end)
{
    mounted("253:0", "xfs");
    device("253:0", "virtual/block/dm-0");
    fs::create_directories(root / "sys/devices/virtual/block/dm-0/slaves");
    fs::create_symlink(root / "sys/devices/virtual/block/dm-0",
                       root / "sys/devices/virtual/block/dm-0/slaves/dm-0");
    BOOST_TEST(read("root_disk").why == "/ is xfs on a disk without a maker's number");
}

BOOST_AUTO_TEST_CASE(the_number_that_every_virtual_machine_gives_its_disk_is_none)
{
    mounted("8:1", "xfs");
    device("8:1", "pci/sda");
    write("sys/devices/pci/sda/device/wwid", "t10.ATA     QEMU HARDDISK           QM00001\n");
    BOOST_TEST(read("root_disk").why == "/ is xfs on a disk without a maker's number");
}

BOOST_AUTO_TEST_CASE(a_root_that_goes_with_its_container_is_no_disk)
{
    mounted("0:51", "overlay");
    BOOST_TEST(read("root_disk").why == "/ is overlay on a disk without a maker's number");
}

BOOST_AUTO_TEST_CASE(a_table_of_mounts_that_is_garbage_says_nothing)
{
    for (const char* text : {"", "\n", "garbage\n", "1 2 3 4 / 6\n", "1 2 8:1 / / rw - \n"}) {
        write("proc/self/mountinfo", text);
        BOOST_TEST(read("root_disk").why == "/proc/self/mountinfo does not say what / is", text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
