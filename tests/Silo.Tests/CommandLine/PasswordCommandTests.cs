using System.Security.Cryptography;
using OrleansBroker.Gateway.Admission.Passwords;
using OrleansBroker.Silo.CommandLine;

namespace OrleansBroker.Silo.Tests.CommandLine;

public sealed class PasswordCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orleans-broker-");
    private readonly StringWriter _output = new();

    private string File => Path.Combine(_folder.FullName, "users");

    [Fact]
    public void Run_AddChangeDelete_SaysAndDoesSo()
    {
        Run("one");
        Run("two");
        Assert.Equal(1, PasswordTable.Load(File).Count);
        Run(null, delete: true);

        Assert.Equal("added ann\nchanged ann\nremoved ann\n", _output.ToString().ReplaceLineEndings("\n"));
        Assert.Equal(0, PasswordTable.Load(File).Count);
    }

    [Theory]
    [InlineData("SHA512", "pbkdf2-sha512", 64)]
    [InlineData("SHA256", "pbkdf2-sha256", 32)]
    public void Run_Algorithm_WritesWhatScramNeeds(string algorithm, string name, int bytes)
    {
        Run("one", algorithm: new HashAlgorithmName(algorithm));

        string[] parts = System.IO.File.ReadAllText(File).Trim().Split(':');
        Assert.Equal(["ann", name, "1000"], parts[..3]);
        Assert.Equal(bytes, Convert.FromBase64String(parts[4]).Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Run_NoPassword_ChangesNothing(string? password)
    {
        Assert.Throws<BadOptionsException>(() => Run(password));

        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void Run_DeleteUnknownUser_SaysSo()
    {
        System.IO.File.WriteAllText(File, "");

        Assert.Contains("no user ann", Assert.Throws<BadOptionsException>(() => Run(null, delete: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FolderIsMissing_SaysSo()
    {
        var command = new Invocation.Password(Path.Combine(_folder.FullName, "no", "users"), "ann", Delete: false, PasswordHash.MinIterations, HashAlgorithmName.SHA512);

        Assert.Contains("users", Assert.Throws<BadOptionsException>(() => PasswordCommand.Run(command, new Prompt("x"), _output)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _output.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Run(string? password, bool delete = false, HashAlgorithmName? algorithm = null) => PasswordCommand.Run(
        new(File, "ann", delete, PasswordHash.MinIterations, algorithm ?? HashAlgorithmName.SHA512), new Prompt(password), _output);

    private sealed class Prompt(string? password) : IPasswordPrompt
    {
        public string? Read(string userName) => password;
    }
}
