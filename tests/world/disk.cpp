#include "tests/world/disk.hpp"

#include <cassert>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sqlite3.h>
#include <utility>

namespace usher::world {
namespace {

constexpr std::size_t sector_bytes = 512;
constexpr const char* vfs_name = "usher-world";

Disk* disk_of_this_world = nullptr;

/// The same file for the real VFS stands right behind it.
struct File {
    sqlite3_file base{};
    std::string* name = nullptr;

    [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
};

sqlite3_vfs* real_vfs()
{
    static sqlite3_vfs* const found = sqlite3_vfs_find("unix");
    return found;
}

int close(sqlite3_file* file)
{
    File& self = File::of(file);
    delete self.name;
    self.name = nullptr;
    return self.real()->pMethods->xClose(self.real());
}

int read(sqlite3_file* file, void* room, int size, sqlite3_int64 offset)
{
    File& self = File::of(file);
    if (disk_of_this_world->is_dead())
        return SQLITE_IOERR_READ;
    return self.real()->pMethods->xRead(self.real(), room, size, offset);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset)
{
    File& self = File::of(file);
    if (const int error = disk_of_this_world->begin(false))
        return error;
    disk_of_this_world->written(
        *self.name, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size)),
        static_cast<std::uint64_t>(offset));
    return self.real()->pMethods->xWrite(self.real(), bytes, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size)
{
    File& self = File::of(file);
    if (const int error = disk_of_this_world->begin(false))
        return error;
    disk_of_this_world->truncated(*self.name, static_cast<std::uint64_t>(size));
    return self.real()->pMethods->xTruncate(self.real(), size);
}

int sync(sqlite3_file* file, int)
{
    File& self = File::of(file);
    if (const int error = disk_of_this_world->begin(true)) {
        if (error == SQLITE_IOERR_FSYNC)
            disk_of_this_world->sync_failed(*self.name);
        return error;
    }
    disk_of_this_world->synced(*self.name);
    return SQLITE_OK;
}

int file_size(sqlite3_file* file, sqlite3_int64* size)
{
    File& self = File::of(file);
    return self.real()->pMethods->xFileSize(self.real(), size);
}

int lock(sqlite3_file* file, int how)
{
    File& self = File::of(file);
    return self.real()->pMethods->xLock(self.real(), how);
}

int unlock(sqlite3_file* file, int how)
{
    File& self = File::of(file);
    return self.real()->pMethods->xUnlock(self.real(), how);
}

int check_reserved_lock(sqlite3_file* file, int* result)
{
    File& self = File::of(file);
    return self.real()->pMethods->xCheckReservedLock(self.real(), result);
}

int file_control(sqlite3_file* file, int operation, void* argument)
{
    File& self = File::of(file);
    return self.real()->pMethods->xFileControl(self.real(), operation, argument);
}

int sector_size(sqlite3_file*)
{
    return sector_bytes;
}

/// None: a write is neither atomic nor in order, and a torn one hurts its neighbors in the sector.
int device_characteristics(sqlite3_file*)
{
    return 0;
}

int shm_map(sqlite3_file* file, int region, int size, int extends, void volatile** memory)
{
    File& self = File::of(file);
    return self.real()->pMethods->xShmMap(self.real(), region, size, extends, memory);
}

int shm_lock(sqlite3_file* file, int offset, int count, int flags)
{
    File& self = File::of(file);
    return self.real()->pMethods->xShmLock(self.real(), offset, count, flags);
}

void shm_barrier(sqlite3_file* file)
{
    File& self = File::of(file);
    self.real()->pMethods->xShmBarrier(self.real());
}

int shm_unmap(sqlite3_file* file, int deletes)
{
    File& self = File::of(file);
    return self.real()->pMethods->xShmUnmap(self.real(), deletes);
}

/// Version 2: no file is mapped into memory, so nothing passes this disk by. What is shared is an
/// index that SQLite makes anew at each start.
constexpr sqlite3_io_methods methods{2,
                                     close,
                                     read,
                                     write,
                                     truncate,
                                     sync,
                                     file_size,
                                     lock,
                                     unlock,
                                     check_reserved_lock,
                                     file_control,
                                     sector_size,
                                     device_characteristics,
                                     shm_map,
                                     shm_lock,
                                     shm_barrier,
                                     shm_unmap,
                                     nullptr,
                                     nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out)
{
    File& self = *new (file) File;
    const int code = real_vfs()->xOpen(real_vfs(), name, self.real(), flags, flags_out);
    if (code != SQLITE_OK)
        return code;
    self.name = new std::string(name == nullptr ? "" : name);
    self.base.pMethods = &methods;
    disk_of_this_world->opened(*self.name);
    return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int syncs_directory)
{
    if (disk_of_this_world->is_dead())
        return SQLITE_IOERR_DELETE;
    disk_of_this_world->removed(name);
    return real_vfs()->xDelete(real_vfs(), name, syncs_directory);
}

int randomness(sqlite3_vfs*, int size, char* room)
{
    disk_of_this_world->fill_by_chance({room, static_cast<std::size_t>(size)});
    return size;
}

sqlite3_vfs& world_vfs()
{
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs made = *real_vfs();
        made.szOsFile += static_cast<int>(sizeof(File));
        made.pNext = nullptr;
        made.zName = vfs_name;
        made.xOpen = open;
        made.xDelete = remove;
        made.xRandomness = randomness;
        return made;
    }();
    return vfs;
}

std::string content_of(const std::filesystem::path& file)
{
    std::ifstream opened(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(opened), {}};
}

} // namespace

Disk::Disk(Chance chance) : chance_(chance)
{
    assert(disk_of_this_world == nullptr);
    disk_of_this_world = this;
    sqlite3_vfs_register(&world_vfs(), 1);
    sqlite3_randomness(0, nullptr); // It asks anew.
}

Disk::~Disk()
{
    sqlite3_vfs_unregister(&world_vfs());
    disk_of_this_world = nullptr;
}

void Disk::arm(Fault fault, unsigned operations)
{
    assert(operations > 0);
    armed_ = fault;
    operations_left_ = operations;
}

void Disk::revive()
{
    is_dead_ = false;
    lasting_ = Fault::none; // What is armed still comes: a start has operations, too.
}

void Disk::fill_by_chance(std::span<char> room)
{
    for (char& byte : room)
        byte = static_cast<char>(chance_.next());
}

int Disk::begin(bool is_sync)
{
    if (is_dead_)
        return SQLITE_IOERR;
    ++(is_sync ? figures_.syncs : figures_.writes);
    if (armed_ != Fault::none && --operations_left_ == 0) {
        lasting_ = std::exchange(armed_, Fault::none);
        ++figures_.faults;
    }
    switch (lasting_) {
    case Fault::none: return SQLITE_OK;
    case Fault::dies: is_dead_ = true; return SQLITE_IOERR;
    case Fault::write_fails: return is_sync ? SQLITE_OK : SQLITE_IOERR_WRITE;
    case Fault::full: return is_sync ? SQLITE_OK : SQLITE_FULL;
    case Fault::sync_fails: return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    case Fault::slow_sync:
        if (is_sync) {
            lasting_ = Fault::none;
            when_slow(
                chance_.between<Duration>(std::chrono::milliseconds(50), std::chrono::seconds(40)));
        }
        return SQLITE_OK;
    }
    return SQLITE_OK;
}

/// What stands in a file that is new to us is as durable as the directory that names it.
void Disk::opened(const std::string& file)
{
    if (const auto [image, is_new] = images_.try_emplace(file); is_new)
        image->second.durable = content_of(file);
}

void Disk::written(const std::string& file, std::string bytes, std::uint64_t offset)
{
    images_[file].pending.push_back({offset, std::move(bytes), false});
}

void Disk::truncated(const std::string& file, std::uint64_t size)
{
    images_[file].pending.push_back({size, {}, true});
}

void Disk::synced(const std::string& file)
{
    Image& image = images_[file];
    for (const Change& change : image.pending)
        make(image.durable, change);
    image.pending.clear();
}

void Disk::sync_failed(const std::string& file)
{
    Image& image = images_[file];
    for (const Change& change : image.pending)
        make_in_part(image.durable, change);
    image.pending.clear();
}

void Disk::make(std::string& durable, const Change& change)
{
    if (change.is_truncation) {
        durable.resize(change.offset);
        return;
    }
    durable.resize(std::max(durable.size(), change.offset + change.bytes.size()));
    std::memcpy(durable.data() + change.offset, change.bytes.data(), change.bytes.size());
}

/// Sector by sector; what is lost is whatever stood there.
void Disk::make_in_part(std::string& durable, const Change& change)
{
    if (change.is_truncation) {
        if (chance_.one_in(2))
            make(durable, change);
        return;
    }
    for (std::size_t at = 0; at < change.bytes.size();) {
        const std::size_t rest = sector_bytes - (change.offset + at) % sector_bytes;
        const std::size_t size = std::min(rest, change.bytes.size() - at);
        if (chance_.one_in(2))
            make(durable, {change.offset + at, change.bytes.substr(at, size), false});
        else
            ++figures_.sectors_lost;
        at += size;
    }
}

void Disk::cut_power()
{
    for (auto& [file, image] : images_) {
        if (file.empty() || !std::filesystem::exists(file))
            continue;
        for (const Change& change : image.pending)
            make_in_part(image.durable, change);
        image.pending.clear();
        std::ofstream(file, std::ios::binary | std::ios::trunc) << image.durable;
    }
}

} // namespace usher::world
