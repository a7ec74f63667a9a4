namespace OrleansBroker.Gateway.Tests.Admission.Enhanced.Scram;

/// <summary>One exchange of the user "user" with the password "pencil", all parts known. SHA-256: RFC 7677 section 3. SHA-512: the same salt, iterations and
/// nonces, computed with Python's hashlib and hmac.</summary>
/// <param name="Hash">As it stands in a password file.</param>
public sealed record ScramVector(string Method, string Hash, string Proof, string Signature)
{
    public const string ClientNonce = "rOprNGfwEbeRWgbNEkqO";

    public const string ServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    public const string First = $"n,,n=user,r={ClientNonce}";

    public const string Challenge = $"r={ClientNonce}{ServerNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    public const string FinalWithoutProof = $"c=biws,r={ClientNonce}{ServerNonce}";

    public static ScramVector Sha256 { get; } = new(
        "SCRAM-SHA-256",
        "pbkdf2-sha256:4096:W22ZaJ0SNY7soEsUEjb6gQ==:xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0=",
        "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");

    public static ScramVector Sha512 { get; } = new(
        "SCRAM-SHA-512",
        "pbkdf2-sha512:4096:W22ZaJ0SNY7soEsUEjb6gQ==:8W7+G+Z/HQlQLr1e2SYv3f+6Wjd6tPC2h+XtW6D1Boa4pK4WZHbairO5UdL6kji2OZj0VGG8M6RkgUlJzsljHQ==",
        "gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
        "ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==");

    public string Final => $"{FinalWithoutProof},p={Proof}";

    public static ScramVector Of(string method) => method == Sha256.Method ? Sha256 : Sha512;
}
