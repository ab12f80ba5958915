package kawi.cluster;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets a process encrypt fast from its first exchange on. Java takes the processor's own instructions for AES-GCM once
 * its compiler has come to it, which counts calls: Spark's messages are encrypted in few large ones, so that the first
 * hundreds of megabytes would go at a fiftieth of the speed. Many small calls, some megabytes in all, are the same to
 * the compiler.
 */
final class CipherStart {
    private static final int CALLS = 10_000;
    private static final int BYTES = 512;
    private static final int TAG = 16;
    private static boolean done;

    private CipherStart() {}

    /** Encrypts and decrypts small pieces of nothing, once in a process. */
    static synchronized void now() {
        if (done) {
            return;
        }
        done = true;
        try {
            byte[] zeros = new byte[BYTES];
            byte[] sealed = new byte[BYTES + TAG];
            SecretKeySpec key = new SecretKeySpec(new byte[16], "AES");
            Cipher encrypt = Cipher.getInstance("AES/GCM/NoPadding");
            Cipher decrypt = Cipher.getInstance("AES/GCM/NoPadding");
            for (int i = 0; i < CALLS; i++) {
                GCMParameterSpec number = new GCMParameterSpec(
                        8 * TAG, ByteBuffer.allocate(12).putInt(i).array());
                encrypt.init(Cipher.ENCRYPT_MODE, key, number);
                encrypt.doFinal(zeros, 0, BYTES, sealed, 0);
                decrypt.init(Cipher.DECRYPT_MODE, key, number);
                decrypt.doFinal(sealed, 0, sealed.length, zeros, 0);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-GCM", e);
        }
    }
}
