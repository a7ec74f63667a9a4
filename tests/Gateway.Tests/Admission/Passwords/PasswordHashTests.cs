using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Tests.Admission.Passwords;

public sealed class PasswordHashTests
{
    [Fact]
    public void Verify_VectorOfTheStandard_Agrees()
    {
        // RFC 7914, section 11: PBKDF2-HMAC-SHA-256 of "Password" and "NaCl", 80000 iterations, 64 bytes.
        byte[] expected = Convert.FromHexString(
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
        var hash = PasswordHash.Parse($"pbkdf2-sha256:80000:TmFDbA==:{Convert.ToBase64String(expected)}", out _);

        Assert.NotNull(hash);
        Assert.True(hash.Verify("Password"u8));
        Assert.False(hash.Verify("password"u8));
    }

    [Fact]
    public void Create_SamePasswordTwice_DiffersAndVerifies()
    {
        var first = PasswordHash.Create("secret"u8, PasswordHash.MinIterations);
        var second = PasswordHash.Create("secret"u8, PasswordHash.MinIterations);

        Assert.NotEqual(first.ToString(), second.ToString());
        Assert.True(first.Verify("secret"u8));
        Assert.True(second.Verify("secret"u8));
        Assert.False(first.Verify("Secret"u8));
        Assert.False(first.Verify(""u8));
    }

    [Fact]
    public void Parse_OwnText_IsTheSame()
    {
        var hash = PasswordHash.Create("secret"u8, PasswordHash.MinIterations);

        Assert.Equal(hash.ToString(), PasswordHash.Parse(hash.ToString(), out _)?.ToString());
    }

    [Fact]
    public void Decoy_AnyPassword_IsRefused() => Assert.False(PasswordHash.Create("secret"u8, PasswordHash.MinIterations).Decoy().Verify("secret"u8));

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("md5:1000:AAAA:AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("pbkdf2-sha512:999:AAAA:AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("pbkdf2-sha512:10000001:AAAA:AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("pbkdf2-sha512:-5000:AAAA:AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("pbkdf2-sha512:5000::AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("pbkdf2-sha512:5000:AAAA:AAAA")]
    [InlineData("pbkdf2-sha512:5000:AAAA:not base64!")]
    [InlineData("pbkdf2-sha512:5000:AAAA:AAAAAAAAAAAAAAAAAAAAAA==:more")]
    public void Parse_SomethingElse_SaysWhy(string text)
    {
        Assert.Null(PasswordHash.Parse(text, out string reason));
        Assert.NotEmpty(reason);
    }
}
