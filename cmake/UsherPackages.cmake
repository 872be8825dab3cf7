# Debian packages, made by `cpack` in the folder of the build: the daemon, the operators' command,
# the library, what is needed to build with it and to try what was built, and what only a vendor
# has: the issuer, which is never installed with the daemon.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME usher)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
# Who makes packages answers for them, and says who that is as to Debian's own tools. Else nobody
# can be written to, and the address says so: no name ends with `.invalid`.
set(usher_contact "The Usher authors <nobody@usher.invalid>")
if(DEFINED ENV{DEBEMAIL} AND DEFINED ENV{DEBFULLNAME})
    set(usher_contact "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()
set(CPACK_PACKAGE_CONTACT "${usher_contact}" CACHE STRING "Who answers for these packages")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "network license manager")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
# Some paths are absolute (/etc), so the staging folder is a DESTDIR and not a prefix.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX ${CMAKE_INSTALL_PREFIX})
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

string(TIMESTAMP USHER_PACKAGE_TIME "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(usher_history ${PROJECT_BINARY_DIR}/packages/changelog)
configure_file(${PROJECT_SOURCE_DIR}/systemd/debian/changelog.in ${usher_history} @ONLY)
execute_process(COMMAND gzip --best --no-name --force --keep ${usher_history}
    COMMAND_ERROR_IS_FATAL ANY)

# usher_package(COMPONENT PACKAGE SECTION TEXT): what `install(… COMPONENT …)` put there, with the
# license and the history that Debian asks of every package.
macro(usher_package component package section text)
    list(APPEND CPACK_COMPONENTS_ALL ${component})
    string(TOUPPER ${component} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
    set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
    set(CPACK_DEBIAN_${upper}_DESCRIPTION ${text})
    install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright
        DESTINATION share/doc/${package} COMPONENT ${component})
    install(FILES ${usher_history}.gz RENAME changelog.Debian.gz
        DESTINATION share/doc/${package} COMPONENT ${component})
endmacro()

usher_package(usherd usherd net
"The server: usherd holds what a software vendor has sold and lends it to
applications over one TLS port. Whoever holds a seat keeps it across restarts
and upgrades; a seat whose holder died comes back by itself.")
install(FILES ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/README.md OPTIONAL
    DESTINATION share/doc/usherd COMPONENT usherd)
set(CPACK_DEBIAN_USHERD_PACKAGE_DEPENDS "systemd, usher")
set(CPACK_DEBIAN_USHERD_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/systemd/debian/usherd/conffiles
    ${PROJECT_SOURCE_DIR}/systemd/debian/usherd/postinst
    ${PROJECT_SOURCE_DIR}/systemd/debian/usherd/postrm
    ${PROJECT_SOURCE_DIR}/systemd/debian/usherd/prerm)

usher_package(usher usher net
"The command line: usher shows who holds which seat and why somebody was
refused, and runs a program while it holds one. Operators install licenses and
shape profiles with it.")

usher_package(libusher libusher0 libs
"The library of applications: libusher checks seats out and in, renews them in
the background and survives a restart of the server.")
set(CPACK_DEBIAN_LIBUSHER_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/systemd/debian/libusher/shlibs
    ${PROJECT_SOURCE_DIR}/systemd/debian/libusher/triggers)

usher_package(libusher-fake libusher-fake0 libs
"A server inside the program: the tests of an application take seats without
any daemon. Nobody runs an application with it.")
set(CPACK_DEBIAN_LIBUSHER-FAKE_PACKAGE_CONTROL_EXTRA
    ${PROJECT_SOURCE_DIR}/systemd/debian/libusher-fake/shlibs
    ${PROJECT_SOURCE_DIR}/systemd/debian/libusher/triggers)

usher_package(libusher-dev libusher-dev libdevel
"To build applications: the headers of libusher and what pkg-config needs.")
set(usher_version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")
set(CPACK_DEBIAN_LIBUSHER-DEV_PACKAGE_DEPENDS
    "libusher0 (= ${usher_version}), libusher-fake0 (= ${usher_version})")

usher_package(usher-issuer usher-issuer net
"The vendor's side: usher-issuer makes a vendor's key and signs licenses. Nobody
but a vendor needs it.")

include(CPack)
