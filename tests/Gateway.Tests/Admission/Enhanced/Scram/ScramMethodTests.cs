using System.Text;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Enhanced;
using OrleansBroker.Gateway.Admission.Enhanced.Scram;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Tests.Admission.Enhanced.Scram;

public sealed class ScramMethodTests : IDisposable
{
    private static readonly AuthenticationRequest Request = new("client", null, null, null, IsLoopback: true, 5);

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(ScramMethod.Sha256)]
    [InlineData(ScramMethod.Sha512)]
    public async Task StepAsync_Vector_AgreesInEveryMessage(string name)
    {
        var vector = ScramVector.Of(name);
        using var exchange = Start(vector);

        Assert.Equal(ScramVector.Challenge, Text(await StepAsync(exchange, ScramVector.First)));
        var done = await StepAsync(exchange, vector.Final);
        Assert.Equal(ExchangeStepKind.Done, done.Kind);
        Assert.Equal($"v={vector.Signature}", Text(done));
        Assert.Equal(AuthenticationResult.Allowed(new ClientIdentity("user")), done.Result);
    }

    [Theory]
    [InlineData("n,a=user,n=user,r=x")]
    [InlineData("y,,n=user,r=x")]
    [InlineData("n,,n=user,r=x,z=extension,Q=another")]
    public async Task StepAsync_FirstMessageOfOtherForms_IsAnswered(string first)
    {
        using var exchange = Start(ScramVector.Sha256);
        var step = await StepAsync(exchange, first);
        Assert.Equal(ExchangeStepKind.Continue, step.Kind);
        Assert.StartsWith("r=x%hvY", Text(step), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("n,")]
    [InlineData("n,,")]
    [InlineData("n,,n=user")]
    [InlineData("n,,r=x,n=user")]
    [InlineData("n,,n=,r=x")]
    [InlineData("n,,n=user,r=")]
    [InlineData("n,,n=user,r=a b")]
    [InlineData("n,,n=user,r=\u00e4")]
    [InlineData("n,,n=user,r=a\u007f")]
    [InlineData("n,,n=us=er,r=x")]
    [InlineData("n,,n=us=2cer,r=x")]
    [InlineData("n,,n=us=2,r=x")]
    [InlineData("n,,n=user=,r=x")]
    [InlineData("n,,n=us\0er,r=x")]
    [InlineData("n,,n=user,r=x,")]
    [InlineData("n,,n=user,r=x,z=")]
    [InlineData("n,,n=user,r=x,1=a")]
    [InlineData("n,,n=user,r=x,m=must")]
    [InlineData("n,,n=user,r=x,r=y")]
    [InlineData("n,,m=must,n=user,r=x")]
    [InlineData("n,,x=may,n=user,r=x")]
    [InlineData("n,user,n=user,r=x")]
    [InlineData("n,a=,n=user,r=x")]
    [InlineData("n,a=admin,n=user,r=x")]
    [InlineData("p=tls-unique,,n=user,r=x")]
    [InlineData("N,,n=user,r=x")]
    [InlineData(" n,,n=user,r=x")]
    [InlineData("x,,n=user,r=x")]
    public async Task StepAsync_NoFirstMessage_IsRefused(string first)
    {
        using var exchange = Start(ScramVector.Sha256);
        if (first.Length == 0)
            Assert.Equal(ExchangeStep.Continue(null), await StepAsync(exchange, first)); // the client may be asked, once
        Assert.Equal(ExchangeStep.Refused(AuthenticationResult.NotAuthorized), await StepAsync(exchange, first));
    }

    [Fact]
    public async Task StepAsync_NoUtf8_IsRefused()
    {
        using var exchange = Start(ScramVector.Sha256);
        var step = await exchange.StepAsync([.. "n,,n=us"u8, 0xC0, 0x80, .. "er,r=x"u8], TestContext.Current.CancellationToken);
        Assert.Equal(ExchangeStep.Refused(AuthenticationResult.NotAuthorized), step);
    }

    [Theory]
    [InlineData(256, ExchangeStepKind.Continue)]
    [InlineData(257, ExchangeStepKind.Refused)]
    public async Task StepAsync_LongNonce_IsBounded(int length, ExchangeStepKind expected)
    {
        using var exchange = Start(ScramVector.Sha256);
        Assert.Equal(expected, (await StepAsync(exchange, $"n,,n=user,r={new string('x', length)}")).Kind);
    }

    [Theory]
    [InlineData("", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE,p=", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE,p=AAAA", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= ", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE,p=dHzbZapWIk4jUhN+Ute9 tag9zjfMHgsqmmiz7AndVQ=", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE,p=PROOF,z=behind", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE,m=must,p=PROOF", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=eSws,r=NONCE,p=PROOF", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biw=,r=NONCE,p=PROOF", AuthenticationOutcome.NotAuthorized)]
    [InlineData("r=NONCE,c=biws,p=PROOF", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=rOprNGfwEbeRWgbNEkqO,p=PROOF", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCEx,p=PROOF", AuthenticationOutcome.NotAuthorized)]
    [InlineData("c=biws,r=NONCE,z=may,p=PROOF", AuthenticationOutcome.BadUserNameOrPassword)]
    [InlineData("c=biws,r=NONCE,p=AHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", AuthenticationOutcome.BadUserNameOrPassword)]
    public async Task StepAsync_NoProof_IsRefused(string final, AuthenticationOutcome expected)
    {
        using var exchange = Start(ScramVector.Sha256);
        await StepAsync(exchange, ScramVector.First);
        var step = await StepAsync(exchange, final
            .Replace("NONCE", ScramVector.ClientNonce + ScramVector.ServerNonce, StringComparison.Ordinal)
            .Replace("PROOF", ScramVector.Sha256.Proof, StringComparison.Ordinal));
        Assert.Equal(ExchangeStep.Refused(new(expected, null)), step);
    }

    [Fact]
    public async Task StepAsync_EscapedName_IsTheUser()
    {
        var file = Open($"a,b=c:{ScramVector.Sha256.Hash}\n");
        using var exchange = new ScramMethod(ScramMethod.Sha256, file).Start(Request);
        Assert.Contains(",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", Text(await StepAsync(exchange, "n,,n=a=2Cb=3Dc,r=x")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StepAsync_UnknownUser_IsAskedAndRefusedAsAKnownOne()
    {
        var method = Method(ScramVector.Sha256);
        string asked = await ChallengeAsync(method, "eve");
        Assert.Equal(asked, await ChallengeAsync(method, "eve"));
        Assert.NotEqual(asked, await ChallengeAsync(method, "eva"));
        Assert.Matches(@"^r=x[^,]+,s=[A-Za-z0-9+/]{22}==,i=4096$", asked);

        using var exchange = method.Start(Request);
        await StepAsync(exchange, $"n,,n=eve,r={ScramVector.ClientNonce}");
        Assert.Equal(ExchangeStep.Refused(AuthenticationResult.BadUserNameOrPassword), await StepAsync(exchange, ScramVector.Sha256.Final));
    }

    [Fact]
    public async Task StepAsync_UserOfTheOtherHash_IsRefusedAsAWrongPassword()
    {
        var method = new ScramMethod(ScramMethod.Sha512, Open($"user:{ScramVector.Sha256.Hash}\n"), () => ScramVector.ServerNonce);
        using var exchange = method.Start(Request);
        string challenge = Text(await StepAsync(exchange, ScramVector.First));
        Assert.DoesNotContain("W22Z", challenge, StringComparison.Ordinal);
        Assert.EndsWith($",i={PasswordHash.DefaultIterations}", challenge, StringComparison.Ordinal);
        Assert.Equal(ExchangeStep.Refused(AuthenticationResult.BadUserNameOrPassword), await StepAsync(exchange, ScramVector.Sha512.Final));
    }

    [Fact]
    public async Task StepAsync_HashOfAnotherLength_IsNotUsed()
    {
        string half = ScramVector.Sha256.Hash[..^44] + "xKSVEDI6tPlSysH6mUQZOQ==";
        using var exchange = new ScramMethod(ScramMethod.Sha256, Open($"user:{half}\n")).Start(Request);
        Assert.DoesNotContain("W22Z", Text(await StepAsync(exchange, ScramVector.First)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StepAsync_UserRemovedFromFile_IsRefused()
    {
        var file = Open($"user:{ScramVector.Sha256.Hash}\nother:{ScramVector.Sha256.Hash}\n");
        var method = new ScramMethod(ScramMethod.Sha256, file, () => ScramVector.ServerNonce);
        using var before = method.Start(Request);
        await StepAsync(before, ScramVector.First);
        Assert.Equal(ExchangeStepKind.Done, (await StepAsync(before, ScramVector.Sha256.Final)).Kind);

        PasswordFileWriter.Remove(file.Path, "user");
        Assert.True(file.ReloadIfChanged());
        using var after = method.Start(Request);
        Assert.NotEqual(ScramVector.Challenge, Text(await StepAsync(after, ScramVector.First)));
        Assert.Equal(ExchangeStep.Refused(AuthenticationResult.BadUserNameOrPassword), await StepAsync(after, ScramVector.Sha256.Final));
    }

    [Fact]
    public async Task Start_TwoExchanges_HaveDifferentNonces()
    {
        var method = new ScramMethod(ScramMethod.Sha256, Open($"user:{ScramVector.Sha256.Hash}\n"));
        Assert.NotEqual(await ChallengeAsync(method, "user"), await ChallengeAsync(method, "user"));
    }

    [Fact]
    public async Task StepAsync_RandomBytes_NeverThrow()
    {
        const int seed = 7;
        var random = new Random(seed);
        var method = Method(ScramVector.Sha256);
        for (int i = 0; i < 20_000; i++)
        {
            using var exchange = method.Start(Request);
            var step = await exchange.StepAsync(Mutate(random, ScramVector.First), TestContext.Current.CancellationToken);
            if (step.Kind == ExchangeStepKind.Continue)
                step = await exchange.StepAsync(Mutate(random, ScramVector.Sha256.Final), TestContext.Current.CancellationToken);
            Assert.True(step.Kind != ExchangeStepKind.Done || step.Result.Identity?.UserName == "user", $"seed {seed}, round {i}");
        }
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Mutate(Random random, string message)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        for (int changes = random.Next(3); changes > 0; changes--)
            bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)",=nrcpam\0"[random.Next(9)];
        return random.Next(8) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    private static async Task<string> ChallengeAsync(ScramMethod method, string user)
    {
        using var exchange = method.Start(Request);
        return Text(await StepAsync(exchange, $"n,,n={user},r=x"));
    }

    private static ValueTask<ExchangeStep> StepAsync(IAuthenticationExchange exchange, string data) =>
        exchange.StepAsync(Encoding.UTF8.GetBytes(data), TestContext.Current.CancellationToken);

    private static string Text(ExchangeStep step) => Encoding.UTF8.GetString(step.Data ?? []);

    private IAuthenticationExchange Start(ScramVector vector) => Method(vector).Start(Request);

    private ScramMethod Method(ScramVector vector) => new(vector.Method, Open($"user:{vector.Hash}\n"), () => ScramVector.ServerNonce);

    private PasswordFile Open(string text) => PasswordFile.Open(_folder.Write("users", text));
}
