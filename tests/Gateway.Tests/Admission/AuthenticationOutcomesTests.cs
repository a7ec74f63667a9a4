using OrleansBroker.Gateway.Admission;

namespace OrleansBroker.Gateway.Tests.Admission;

public sealed class AuthenticationOutcomesTests
{
    [Theory]
    [InlineData(AuthenticationOutcome.Allowed, 0x00)]
    [InlineData(AuthenticationOutcome.BadUserNameOrPassword, 0x86)]
    [InlineData(AuthenticationOutcome.NotAuthorized, 0x87)]
    [InlineData(AuthenticationOutcome.Unavailable, 0x88)]
    [InlineData(default(AuthenticationOutcome), 0x88)]
    public void ToReasonCode_EachOutcome_IsTheStandards(AuthenticationOutcome outcome, int code) => Assert.Equal(code, outcome.ToReasonCode());
}
