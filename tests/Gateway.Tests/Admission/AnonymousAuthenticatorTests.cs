using OrleansBroker.Gateway.Admission;

namespace OrleansBroker.Gateway.Tests.Admission;

public sealed class AnonymousAuthenticatorTests
{
    [Theory]
    [InlineData(AnonymousPolicy.Nowhere, true, AuthenticationOutcome.NotAuthorized)]
    [InlineData(AnonymousPolicy.Nowhere, false, AuthenticationOutcome.NotAuthorized)]
    [InlineData(AnonymousPolicy.Loopback, true, AuthenticationOutcome.Allowed)]
    [InlineData(AnonymousPolicy.Loopback, false, AuthenticationOutcome.NotAuthorized)]
    [InlineData(AnonymousPolicy.Everywhere, false, AuthenticationOutcome.Allowed)]
    public async Task AuthenticateAsync_Origin_FollowsPolicy(AnonymousPolicy policy, bool isLoopback, AuthenticationOutcome expected)
    {
        var result = await new AnonymousAuthenticator(policy).AuthenticateAsync(new("c", null, null, null, isLoopback, 5), TestContext.Current.CancellationToken);

        Assert.Equal(expected, result.Outcome);
    }

    [Fact]
    public async Task AuthenticateAsync_UncheckedUserName_IsNoIdentity()
    {
        var request = new AuthenticationRequest("c", "admin", "x"u8.ToArray(), null, IsLoopback: true, 5);

        var result = await new AnonymousAuthenticator(AnonymousPolicy.Loopback).AuthenticateAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(ClientIdentity.Anonymous, result.Identity);
    }
}
