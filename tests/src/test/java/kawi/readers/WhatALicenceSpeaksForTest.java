package kawi.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import kawi.clean.Licences;
import kawi.corpus.LicenceName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A licence holds for what it stands beside, and of statements that contradict each other the stricter holds. */
class WhatALicenceSpeaksForTest {
    private static final String ZERO = "https://creativecommons.org/publicdomain/zero/1.0/";

    private static String licence(String html) {
        return Page.of("http://h.example/", "text/html", html.getBytes(StandardCharsets.UTF_8))
                .licence();
    }

    @Test
    void theLicenceOfAPartIsNotThePages() {
        String figure =
                "<figure><img src=x><figcaption><a rel=license href='" + ZERO + "'>CC0</a></figcaption></figure>";
        assertEquals(
                LicenceName.RESERVED,
                licence("<p>text</p>" + figure + "<footer>\u00a9 2024 X. All rights reserved.</footer>"));
        assertNull(licence("<p>text</p>" + figure));
        assertNull(licence("<table><tr><td><a rel=license href='" + ZERO + "'>x</a></table>"));
        assertNull(licence("<article><a rel=license href='" + ZERO + "'>x</a></article><article>other</article>"));
        assertEquals(
                "CC0-1.0", licence("<article><p>x</p><a rel='license nofollow' href='" + ZERO + "'>x</a></article>"));
        assertEquals("CC0-1.0", licence("<link rel=license href='" + ZERO + "'><p>x</p>"));
    }

    @Test
    void statementsThatContradictEachOtherAllHold() {
        String both = licence("<link rel=license href='" + ZERO + "'><p>x</p><footer>Alle Rechte vorbehalten</footer>");
        assertEquals("CC0-1.0 AND " + LicenceName.RESERVED, both);
        assertFalse(Licences.permissive().allows(both));
        assertTrue(Licences.permissive().allows("CC0-1.0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALL RIGHTS RESERVED",
                "Alle Rechte vorbehalten",
                "Tous droits r\u00e9serv\u00e9s",
                "Todos los derechos reservados",
                "Tutti i diritti sono riservati",
                "Todos os direitos reservados",
                "Alle rechten voorbehouden",
                "\u0412\u0441\u0435 \u043f\u0440\u0430\u0432\u0430"
                        + " \u0437\u0430\u0449\u0438\u0449\u0435\u043d\u044b",
                "\u7248\u6743\u6240\u6709",
                "\u7121\u65ad\u8ee2\u8f09"
            })
    void aNoticeReservesAllRightsInItsLanguage(String notice) {
        assertEquals(LicenceName.RESERVED, licence("<p>text</p><footer>2024 X. " + notice + ".</footer>"));
        assertNull(licence("<p>text</p><footer>2024 X. " + notice.substring(0, notice.length() - 1) + ".</footer>"));
    }

    @Test
    void aLicenceIsKnownByItsNamesAndAddresses() {
        assertEquals("CC-BY-4.0", LicenceName.of("http://creativecommons.org/licenses/by/4.0/deed.de"));
        assertEquals("CC-BY-SA-3.0-DE", LicenceName.of("https://creativecommons.org/licenses/by-sa/3.0/de/"));
        assertEquals("CC-BY-NC-ND-2.5", LicenceName.of("//creativecommons.org/licenses/by-nc-nd/2.5/"));
        assertEquals("CC-BY-NC-SA-4.0", LicenceName.of("CC BY-NC-SA 4.0"));
        assertEquals("CC0-1.0", LicenceName.of("CC0"));
        assertEquals("public-domain", LicenceName.of("Public Domain"));
        assertEquals("Apache-2.0", LicenceName.of("https://www.apache.org/licenses/LICENSE-2.0"));
        assertEquals("MIT", LicenceName.of("The MIT License"));
        assertEquals("GPL-2.0-or-later", LicenceName.of("https://spdx.org/licenses/GPL-2.0-or-later.html"));
        assertEquals(LicenceName.RESERVED, LicenceName.of("Copyright 2020 X. All rights reserved."));
        assertEquals("my own terms", LicenceName.of("my own terms"));
    }

    @Test
    void expressionsAreUnderstood() {
        Set<String> allowed = Set.of("MIT", "Apache-2.0");
        assertTrue(LicenceName.allowed("MIT OR GPL-3.0-only", allowed::contains));
        assertFalse(LicenceName.allowed("MIT AND GPL-3.0-only", allowed::contains));
        assertTrue(LicenceName.allowed("(MIT AND Apache-2.0) OR GPL-3.0-only", allowed::contains));
        assertTrue(LicenceName.allowed("Apache-2.0 WITH LLVM-exception", allowed::contains));
        assertTrue(LicenceName.allowed("https://opensource.org/licenses/MIT", allowed::contains));
        for (String broken : new String[] {"", "(", "MIT OR", "MIT MIT", "OR MIT", "MIT)", "(MIT"}) {
            assertFalse(LicenceName.allowed(broken, allowed::contains), broken);
        }
    }

    @Test
    void anAddressInAnExpressionSpeaksForItsPartAlone() {
        for (String forbidden : List.of(
                "GPL-3.0-only AND http://www.apache.org/licenses/LICENSE-2.0",
                "CC-BY-NC-4.0 AND https://creativecommons.org/publicdomain/mark/1.0/",
                "https://creativecommons.org/licenses/by-nc/4.0/ AND https://creativecommons.org/licenses/by/4.0/",
                "https://creativecommons.org/licenses/by/4.0/ AND https://creativecommons.org/licenses/by-nc/4.0/",
                "LicenseRef-all-rights-reserved AND https://creativecommons.org/licenses/by/4.0/",
                "All rights reserved except https://creativecommons.org/publicdomain/zero/1.0/",
                "Not under creativecommons.org/licenses/by/4.0/")) {
            assertFalse(kawi.clean.Licences.permissive().allows(forbidden), forbidden);
        }
        for (String allowed : List.of(
                "http://www.apache.org/licenses/LICENSE-2.0",
                "//creativecommons.org/licenses/by/4.0/deed.de",
                "https://creativecommons.org/licenses/by/4.0/ AND MIT",
                "GPL-3.0-only OR https://opensource.org/licenses/MIT")) {
            assertTrue(kawi.clean.Licences.permissive().allows(allowed), allowed);
        }
    }
}
