using System.Security.Cryptography;
using System.Text;

namespace OrleansBroker.Gateway.Admission.Enhanced.Scram;

/// <summary>The computations of RFC 5802 section 3, under one hash function.</summary>
internal static class ScramKeys
{
    /// <summary>Whether a proof was made with the salted password; as long for a wrong one.</summary>
    public static bool Verify(HashAlgorithmName algorithm, ReadOnlySpan<byte> saltedPassword, string authMessage, ReadOnlySpan<byte> proof)
    {
        byte[] clientKey = CryptographicOperations.HmacData(algorithm, saltedPassword, "Client Key"u8);
        byte[] storedKey = CryptographicOperations.HashData(algorithm, clientKey);
        byte[] signature = CryptographicOperations.HmacData(algorithm, storedKey, Encoding.UTF8.GetBytes(authMessage));
        for (int i = 0; i < signature.Length; i++)
            signature[i] ^= clientKey[i];
        return CryptographicOperations.FixedTimeEquals(signature, proof);
    }

    /// <summary>By which the client knows that the server has its password.</summary>
    public static byte[] ServerSignature(HashAlgorithmName algorithm, ReadOnlySpan<byte> saltedPassword, string authMessage)
    {
        byte[] serverKey = CryptographicOperations.HmacData(algorithm, saltedPassword, "Server Key"u8);
        return CryptographicOperations.HmacData(algorithm, serverKey, Encoding.UTF8.GetBytes(authMessage));
    }
}
