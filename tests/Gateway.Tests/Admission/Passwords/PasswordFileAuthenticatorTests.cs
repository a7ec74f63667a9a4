using System.Text;
using OrleansBroker.Broker.Options;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Passwords;

namespace OrleansBroker.Gateway.Tests.Admission.Passwords;

public sealed class PasswordFileAuthenticatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("ann", "one", AuthenticationOutcome.Allowed)]
    [InlineData("ann", "two", AuthenticationOutcome.BadUserNameOrPassword)]
    [InlineData("ann", "", AuthenticationOutcome.BadUserNameOrPassword)]
    [InlineData("Ann", "one", AuthenticationOutcome.BadUserNameOrPassword)]
    [InlineData("eve", "one", AuthenticationOutcome.BadUserNameOrPassword)]
    [InlineData("", "one", AuthenticationOutcome.BadUserNameOrPassword)]
    [InlineData("ann", null, AuthenticationOutcome.BadUserNameOrPassword)]
    [InlineData(null, "one", AuthenticationOutcome.BadUserNameOrPassword)]
    [InlineData(null, null, AuthenticationOutcome.NotAuthorized)]
    public async Task AuthenticateAsync_Credentials_AreChecked(string? user, string? password, AuthenticationOutcome expected)
    {
        using var authenticator = Make(new LimitsOptions());

        var result = await AuthenticateAsync(authenticator, user, password);

        Assert.Equal(expected, result.Outcome);
        Assert.Equal(expected == AuthenticationOutcome.Allowed ? user : null, result.Identity?.UserName);
    }

    [Fact]
    public async Task AuthenticateAsync_NoCredentialsWhereAnonymousIsWelcome_IsAnonymous()
    {
        using var authenticator = Make(new LimitsOptions(), AnonymousPolicy.Loopback);

        Assert.Equal(ClientIdentity.Anonymous, (await AuthenticateAsync(authenticator, null, null)).Identity);
    }

    [Fact]
    public async Task AuthenticateAsync_SecondTime_AnswersWithoutHashing()
    {
        using var authenticator = Make(new LimitsOptions());
        await AuthenticateAsync(authenticator, "ann", "one");

        var again = AuthenticateAsync(authenticator, "ann", "one");

        Assert.True(again.IsCompleted);
        Assert.Equal(AuthenticationOutcome.Allowed, (await again).Outcome);
    }

    [Fact]
    public async Task AuthenticateAsync_PasswordChangedInFile_ForgetsTheOldOne()
    {
        var file = PasswordFile.Open(_folder.Write("users", $"{Record("ann", "one")}\n"));
        using var authenticator = new PasswordFileAuthenticator(file, AnonymousPolicy.Nowhere, new LimitsOptions());
        await AuthenticateAsync(authenticator, "ann", "one");

        PasswordFileWriter.Set(file.Path, Record("ann", "two"));
        Assert.True(file.ReloadIfChanged());

        Assert.Equal(AuthenticationOutcome.BadUserNameOrPassword, (await AuthenticateAsync(authenticator, "ann", "one")).Outcome);
        Assert.Equal(AuthenticationOutcome.Allowed, (await AuthenticateAsync(authenticator, "ann", "two")).Outcome);
    }

    [Fact]
    public async Task AuthenticateAsync_UserRemovedFromFile_IsRefused()
    {
        var file = PasswordFile.Open(_folder.Write("users", $"{Record("ann", "one")}\n"));
        using var authenticator = new PasswordFileAuthenticator(file, AnonymousPolicy.Nowhere, new LimitsOptions());
        await AuthenticateAsync(authenticator, "ann", "one");

        PasswordFileWriter.Remove(file.Path, "ann");
        Assert.True(file.ReloadIfChanged());

        Assert.Equal(AuthenticationOutcome.BadUserNameOrPassword, (await AuthenticateAsync(authenticator, "ann", "one")).Outcome);
    }

    public void Dispose() => _folder.Dispose();

    private PasswordFileAuthenticator Make(LimitsOptions limits, AnonymousPolicy anonymous = AnonymousPolicy.Nowhere) =>
        new(PasswordFile.Open(_folder.Write("users", $"{Record("ann", "one")}\n")), anonymous, limits);

    private static ValueTask<AuthenticationResult> AuthenticateAsync(PasswordFileAuthenticator authenticator, string? user, string? password) =>
        authenticator.AuthenticateAsync(
            new("client", user, password is null ? null : Encoding.UTF8.GetBytes(password), null, IsLoopback: true, 5), TestContext.Current.CancellationToken);

    private static PasswordRecord Record(string user, string password) => new(user, PasswordHash.Create(Encoding.UTF8.GetBytes(password), PasswordHash.MinIterations));
}
