"""Each rule of tests/tidy.py accepts what is right and can fail."""

import pathlib
import tempfile
import unittest

import tidy

HEADER = "#pragma once\n"


class Tidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="usher-tidy-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def complaints(self, rule, files):
        """What `rule` says of a tree with only these files."""
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)
        return list(rule(tidy.Tree(self.root)))

    def assert_breaks(self, rule, files, words):
        said = self.complaints(rule, files)
        self.assertEqual(len(said), 1, said)
        self.assertIn(words, said[0])

    def assert_holds(self, rule, files):
        self.assertEqual(self.complaints(rule, files), [])

    def test_every_rule_has_a_test_here(self):
        tested = {name for name in dir(self) if name.startswith("test_")}
        for rule in tidy.RULES:
            self.assertIn(f"test_{rule.__name__}", tested)

    def test_includes_point_down(self):
        rule = tidy.includes_point_down
        self.assert_holds(rule, {"daemon/server/a.cpp": '#include "daemon/ledger/b.hpp"\n',
                                 "client/c.cpp": '// #include "daemon/server/d.hpp"\n'})
        self.assert_breaks(rule, {"daemon/ledger/a.cpp": '\n#include "daemon/journal/b.hpp"\n'},
                           "daemon/ledger/a.cpp:2: daemon/journal/b.hpp is not below daemon/ledger")

    def test_an_include_of_the_same_floor_from_the_side_is_refused(self):
        self.assert_breaks(tidy.includes_point_down,
                           {"daemon/trust/a.cpp": '#include "daemon/journal/b.hpp"\n'}, "not below")

    def test_an_application_never_sees_the_server(self):
        self.assert_breaks(tidy.includes_point_down,
                           {"client/a.cpp": '#include "daemon/server/desk.hpp"\n'}, "not below")

    def test_a_public_header_is_known_by_its_name(self):
        rule = tidy.includes_point_down
        self.assert_holds(rule, {"client/include/usher.h": "",
                                 "tools/a.cpp": '#include "usher.h"\n'})
        self.assert_breaks(rule, {"daemon/a.cpp": '#include "usher.h"\n'}, "is not below daemon")

    def test_no_floor_uses_what_is_above_it(self):
        rule = tidy.no_floor_uses_what_is_above_it
        self.assert_holds(rule, {"daemon/ledger/a.cpp": "// Never std::mutex, never spdlog.\n"})
        self.assert_breaks(rule, {"daemon/ledger/a.cpp": "auto t = system_clock::now();\n"},
                           "time comes in as an argument")

    def test_every_ban_can_fail(self):
        hits = {"boost/asio\\.hpp": "#include <boost/asio.hpp>", "NDEBUG": "#define NDEBUG",
                "namespace std": "using namespace std;", "mutex": "std::mutex m;",
                "sleep_": "std::this_thread::sleep_for(x);", "_clock::now": "x_clock::now()",
                "fstream": "#include <fstream>", "google": "#include <google/protobuf/a.h>",
                "asio|openssl/ssl": "#include <openssl/ssl.h>",
                "asio|sqlite": "#include <sqlite3.h>",
                "sqlite3?\\.h|spdlog": "spdlog::info()", "sqlite3?": "#include <sqlite3.h>",
                "spdlog": "spdlog::info()"}
        for folder, pattern, why in tidy.BANS:
            line = next(text for key, text in hits.items() if key in pattern)
            with self.subTest(folder=folder, line=line):
                path = f"{folder or 'tools'}/a.cpp"
                said = self.complaints(tidy.no_floor_uses_what_is_above_it, {path: line + "\n"})
                self.assertTrue(any(one.endswith(why) for one in said), said)
                (self.root / path).unlink()

    def test_no_system_is_named_in_the_code(self):
        rule = tidy.no_system_is_named_in_the_code
        self.assert_holds(rule, {"tests/a.cpp": "bool is_unimus;\n"})
        self.assert_breaks(rule, {"daemon/a.cpp": "bool is_unimus;\n"}, "unimus is a configuration")

    def test_names_say_what_a_thing_is(self):
        rule = tidy.names_say_what_a_thing_is
        self.assert_holds(rule, {"daemon/database.cpp": "struct Informed {\n"})
        self.assert_breaks(rule, {"daemon/string_utils.cpp": "\n"}, "could hold anything")

    def test_a_type_that_says_nothing_is_refused(self):
        self.assert_breaks(tidy.names_say_what_a_thing_is,
                           {"daemon/a.hpp": "class LeaseManager {\n"}, "Manager says nothing")

    def test_files_are_short(self):
        self.assert_holds(tidy.files_are_short, {"a.cpp": "int a;\n" * tidy.FILE_LINES_MAX})
        self.assert_breaks(tidy.files_are_short, {"a.cpp": "int a;\n" * 401}, "401 lines")

    def test_functions_fit_on_a_screen(self):
        rule = tidy.functions_fit_on_a_screen
        self.assert_holds(rule, {"a.cpp": "void f()\n{\n" + "    g();\n" * 60 + "}\n"})
        self.assert_breaks(rule, {"a.cpp": "void f()\n{\n" + "    g();\n" * 61 + "}\n"},
                           "a.cpp:2: a function of 61 lines")

    def test_a_method_and_a_python_function_are_measured_as_well(self):
        rule = tidy.functions_fit_on_a_screen
        method = "class A {\n    void f()\n    {\n" + "        g();\n" * 61 + "    }\n};\n"
        said = self.complaints(rule, {"a.hpp": method, "a.py": "def f():\n" + "    g()\n" * 61})
        self.assertEqual(len(said), 2, said)

    def test_lines_fit_into_100_columns(self):
        rule = tidy.lines_fit_into_100_columns
        self.assert_holds(rule, {"a.cpp": "// " + "ö" * 97 + "\n"})
        self.assert_breaks(rule, {"a.cpp": "// " + "o" * 98 + "\n"}, "a.cpp:1: 101 columns")

    def test_white_space_is_clean(self):
        rule = tidy.white_space_is_clean
        self.assert_holds(rule, {"a.md": "text\n"})
        self.assert_breaks(rule, {"a.md": "text \n"}, "a.md:1")
        self.assert_breaks(rule, {"a.md": "text"}, "no end")

    def test_sources_are_formatted(self):
        rule = tidy.sources_are_formatted
        shape = (tidy.pathlib.Path(tidy.__file__).parents[1] / ".clang-format").read_text()
        self.assert_holds(rule, {"a.cpp": "int a = 1;\n", ".clang-format": shape})
        self.assert_breaks(rule, {"a.cpp": "int  a=1;\n", ".clang-format": shape}, "a.cpp: ")

    def test_sources_are_in_a_build_list(self):
        rule = tidy.sources_are_in_a_build_list
        self.assert_holds(rule, {"x/a.cpp": "", "x/y/b.cpp": "",
                                 "x/CMakeLists.txt": "lib(a.cpp y/b.cpp)\n"})
        self.assert_breaks(rule, {"x/CMakeLists.txt": "lib(aa.cpp y/b.cpp)\n"},
                           "x/a.cpp: no CMakeLists.txt names it")

    def test_headers_are_included_by_somebody(self):
        rule = tidy.headers_are_included_by_somebody
        self.assert_holds(rule, {"x/a.hpp": HEADER, "b.cpp": '#include "x/a.hpp"\n'})
        self.assert_breaks(rule, {"b.cpp": '#include "x/other.hpp"\n'}, "x/a.hpp: nobody")

    def test_headers_have_a_guard(self):
        rule = tidy.headers_have_a_guard
        self.assert_holds(rule, {"a.hpp": "// Why.\n#pragma once\n"})
        self.assert_breaks(rule, {"a.hpp": "#include <vector>\n#pragma once\n"}, "a.hpp: ")

    def test_messages_are_explained(self):
        rule = tidy.messages_are_explained
        good = "// Why.\nmessage A {\n  int64 at_us = 1;\n  uint32 n = 2; // Of leases.\n}\n"
        self.assert_holds(rule, {"a.proto": good})
        self.assert_breaks(rule, {"a.proto": "\nmessage A {}\n"}, "A says nowhere what it is")

    def test_a_number_without_a_unit_is_refused(self):
        self.assert_breaks(tidy.messages_are_explained,
                           {"a.proto": "// Why.\nmessage A {\n  bool s = 1;\n  int64 n = 2;\n}\n"},
                           "n says neither what it counts nor its unit")

    def test_scripts_can_be_read(self):
        rule = tidy.scripts_can_be_read
        self.assert_holds(rule, {"a": "#!/bin/sh\ntrue\n", "b.py": "x = 1\n"})
        self.assert_breaks(rule, {"a": "#!/bin/sh\nif true\n"}, "a: ")
        self.assert_breaks(rule, {"a": "#!/bin/sh\n", "b.py": "x = \n"}, "b.py:1")

    def test_scripts_can_be_run(self):
        self.assert_breaks(tidy.scripts_can_be_run, {"a": "#!/bin/sh\ntrue\n"}, "cannot be run")
        (self.root / "a").chmod(0o755)
        self.assert_holds(tidy.scripts_can_be_run, {})

    def test_what_the_build_makes_is_not_looked_at(self):
        self.assert_holds(tidy.white_space_is_clean, {"build/release/a.md": "text  "})


if __name__ == "__main__":
    unittest.main()
